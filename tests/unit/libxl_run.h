/* SPDX-License-Identifier: MIT */
/* Runs xl within the test, and keeps what it printed. */
#ifndef TESTS_LIBXL_RUN_H
#define TESTS_LIBXL_RUN_H

struct run {
    int status;
    char out[262144], err[4096];
};

/* `line` is the command line after "xl", words separated by single spaces. */
void run_xl(struct run *run, const char *line);

#endif
