/* SPDX-License-Identifier: MIT */
/* The xenstore-* commands: what they share. */
#ifndef XENSTORE_CLIENT_H
#define XENSTORE_CLIENT_H

#include <stdbool.h>
#include <stdio.h>

#include <xenstore.h>

/* The command line of one run. */
struct client {
    const char *program; /* as it was called, for messages */
    struct xs_handle *xs;
    xs_transaction_t transaction; /* XBT_NULL for commands that use none */
    FILE *out;                    /* shown only when the transaction has succeeded */
    char **arguments;
    int count;
    /* Options; what a letter means depends on the command. */
    bool full_path;   /* -f */
    bool show_path;   /* -p of read, list */
    bool permissions; /* -p of ls */
    bool raw;         /* -R */
    bool recursive;   /* -r */
    bool upwards;     /* -u */
    bool tidy;        /* -t */
    bool waits;       /* -w */
    long events;      /* -n, -1: no end */
    bool failed;      /* a message was given */
};

struct command {
    const char *name;
    const char *letters; /* options, as getopt() takes them */
    const char *usage;
    int minimum, step; /* number of arguments: `minimum`, or more in steps of `step` (0: any) */
    bool transaction;  /* run in a transaction, again until it succeeds */
    /* Returns an exit status. With a transaction that has a conflict it is called again. */
    int (*run)(struct client *client);
};

int run_ls(struct client *client);
int run_list(struct client *client);
int run_read(struct client *client);
int run_exists(struct client *client);
int run_write(struct client *client);
int run_rm(struct client *client);
int run_chmod(struct client *client);
int run_watch(struct client *client);
int run_control(struct client *client);

/* A message on stderr, after the program's name; returns exit status 1. */
__attribute__((format(printf, 2, 3))) int fail(struct client *client, const char *format, ...);

/* `length` bytes as printable text, malloc'ed: \t \n \r \\, \ooo and \xhh. NULL: out of memory. */
char *text_escape(const char *bytes, unsigned int length);
/* The reverse, malloc'ed; any other letter after a backslash stands for itself. */
char *text_unescape(const char *text, unsigned int *length);

/* "(n0,r2)" */
void print_permissions(FILE *out, const struct xs_permissions *list, unsigned int count);

#endif
