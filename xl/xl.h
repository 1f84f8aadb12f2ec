/* SPDX-License-Identifier: MIT */
/*
 * xl's commands. Each is one file that defines a struct xl_command called xl_command_NAME;
 * commands.def lists them. What -h, `xl help` and the manual page say, and what getopt_long() is
 * told, is all made from that struct.
 */
#ifndef XL_XL_H
#define XL_XL_H

#include <stdbool.h>
#include <stdint.h>

#include <libxl/libxl.h>

/* Exit statuses. */
#define XL_OK      0
#define XL_FAILED  1
#define XL_USAGE   2
#define XL_DENIED  3 /* xl policy --why */
#define XL_NOT_YET 4 /* xl events --until */

struct xl_option {
    char letter;          /* '\0' ends a list */
    const char *name;     /* --NAME, or NULL */
    const char *argument; /* what it takes, or NULL */
    const char *help;
};

/* What an exit status of one command says besides, or instead of, what it says of all. */
struct xl_status {
    int status;
    const char *when; /* NULL ends a list; at most XL_WHEN_MAX characters: it is a table's cell */
};

#define XL_WHEN_MAX    60
#define XL_OPTIONS_MAX 16
#define XL_VALUES_MAX  256 /* of all options of a call */

/* How long a domain that was started again is watched: what ends within it has ended at once. */
#define XL_SETTLING 2 /* s */

/* One invocation, its options read. */
struct xl_call {
    const struct xl_command *command;
    bool given[XL_OPTIONS_MAX];        /* by place in the command's options */
    const char *value[XL_OPTIONS_MAX]; /* the last one */
    struct {
        int option;
        const char *value;
    } values[XL_VALUES_MAX]; /* all, in order */
    int nr_values;
    int argc; /* what remains */
    char **argv;
};

struct xl_form; /* data.h */

struct xl_command {
    const char *name;
    const char *arguments; /* "[options] [Domain]" */
    const char *summary;   /* one sentence */
    const char *details;   /* more for -h and the manual page, or NULL */
    const struct xl_option *options;
    const struct xl_status *statuses; /* of its own, or NULL */
    const struct xl_form *forms;      /* of its JSON, if it has --json and does not `tell` */
    int least, most;                  /* how many arguments; most < 0: any number */
    bool any_options;                 /* options are arguments, of no matter to it */
    bool tells;                       /* prints what it does by xl_tell() */
    int (*run)(const struct xl_call *call);
};

#define XL_COMMAND(name) extern const struct xl_command xl_command_##name;
#include "commands.def"
#undef XL_COMMAND

/* The whole program. */
int xl_main(int argc, char **argv);

/* What exit statuses say of all commands. */
extern const struct xl_status xl_statuses[];

/* All commands, ended by NULL. */
extern const struct xl_command *const xl_commands[];

/* Under another program's name xl is the command that is like it. */
struct xl_other_name {
    const char *name; /* NULL ends a list */
    const struct xl_command *command;
};
extern const struct xl_other_name xl_other_names[];

/* The command of this name, or with this unambiguous beginning; NULL. */
const struct xl_command *xl_find_command(const char *name);
/* Says why that has found none; returns XL_FAILED. */
int xl_no_command(const char *name);

/* `program`: another name than xl by which it is called, or NULL. */
void xl_print_command_help(const struct xl_command *command, const char *program);
void xl_print_overview(void);
/* The manual page, for roff. */
void xl_print_manual(void);
/* What bash and zsh complete a command line of xl with. */
void xl_print_completion(void);
void xl_print_zsh_completion(void);
/* The JSON schema of what a command prints by --json; XL_FAILED after a message: it prints none. */
int xl_print_schema(const struct xl_command *command);
/* Whether it has one. */
bool xl_has_schema(const struct xl_command *command);

/* The program's libxl context. Exits when out of memory. */
struct libxl_ctx *xl_context(void);
/* Whether -f came before the command. */
bool xl_forced(void);

/* Prints libxl's last error to stderr, with -v before the command libxc's too; returns XL_FAILED.
 */
int xl_fail(void);
/* Prints a message (printf style) to stderr; returns XL_FAILED. */
int xl_fail_with(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether an option was given, by its letter; and its value (NULL: not given). */
bool xl_given(const struct xl_call *call, char letter);
const char *xl_value(const struct xl_call *call, char letter);
/* Whether XML is asked for, by -X of any command that has it. */
bool xl_wants_xml(const struct xl_call *call);
/* The next value of an option that may be given several times; *position is 0 at first. NULL: no
 * more. */
const char *xl_next_value(const struct xl_call *call, char letter, int *position);
/* What -t, --timeout says, in seconds up to a day; without it `*seconds` stays as it is. False,
 * with the message printed, if it makes no sense. */
bool xl_timeout(const struct xl_call *call, int *seconds);

/*
 * Runs `one` for each domain named in the arguments; all are tried, and XL_FAILED is returned if
 * one failed.
 */
int xl_for_each(const struct xl_call *call, int (*one)(uint32_t domid));

#endif
