/* SPDX-License-Identifier: MIT */
#include "libxl_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../xl/xl.h"
#include "libxl_fake.h"

#define WORDS_MAX 16

/* Sends a stream to a file from now on; returns a copy of its former descriptor. */
static int divert(FILE *stream, FILE *file)
{
    fflush(stream);
    int saved = dup(fileno(stream));
    dup2(fileno(file), fileno(stream));
    return saved;
}

static void restore(FILE *stream, int saved, FILE *file, char *out, size_t size)
{
    fflush(stream);
    dup2(saved, fileno(stream));
    close(saved);
    rewind(file);
    size_t got = fread(out, 1, size - 1, file);
    out[got] = '\0';
    fclose(file);
}

static void run_into(struct run *run, const char *line, FILE *out)
{
    char words[256], *argv[WORDS_MAX + 2] = {"xl"}, *rest = words;
    int argc = 1;
    snprintf(words, sizeof(words), "%s", line);
    for (char *word; argc <= WORDS_MAX && (word = strsep(&rest, " "));) {
        if (*word)
            argv[argc++] = strcmp(word, "''") ? word : word + 2; /* an empty one */
    }
    FILE *err = tmpfile();
    if (!out || !err)
        abort();
    int saved_out = divert(stdout, out), saved_err = divert(stderr, err);
    run->status = xl_main(argc, argv);
    restore(stderr, saved_err, err, run->err, sizeof(run->err));
    __fpurge(stdout);
    clearerr(stdout);
    restore(stdout, saved_out, out, run->out, sizeof(run->out));
}

void run_xl(struct run *run, const char *line)
{
    run_into(run, line, tmpfile());
}

void run_xl_to(struct run *run, const char *line, const char *file)
{
    run_into(run, line, fopen(file, "r+"));
}

void prints(struct run *run, const char *line, const char *expected)
{
    run_xl(run, line);
    assert_string_equal(run->err, "");
    assert_string_equal(run->out, expected);
    assert_int_equal(run->status, 0);
}

void fails(struct run *run, const char *line, int status, const char *expected)
{
    run_xl(run, line);
    assert_string_equal(run->err, expected);
    assert_int_equal(run->status, status);
}

int board(void **state)
{
    (void)state;
    fake_board();
    return 0;
}
