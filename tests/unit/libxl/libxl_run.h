/* SPDX-License-Identifier: MIT */
/* Runs xl within the test, keeps what it printed, and says what that is to be. */
#ifndef TESTS_LIBXL_RUN_H
#define TESTS_LIBXL_RUN_H

struct run {
    int status;
    char out[262144], err[4096];
};

/* `line` is the command line after "xl", words separated by single spaces. */
void run_xl(struct run *run, const char *line);
/* The same with standard output to a file of that name; out is empty. */
void run_xl_to(struct run *run, const char *line, const char *file);

/* Runs a command that is to succeed and to print exactly this. */
void prints(struct run *run, const char *line, const char *expected);
/* Runs a command that is to fail with this on stderr. */
void fails(struct run *run, const char *line, int status, const char *expected);

/* A cmocka set-up: fake_board(). */
int board(void **state);

#endif
