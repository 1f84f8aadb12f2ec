/* SPDX-License-Identifier: MIT */
/*
 * The log: lines `(trefoil) text` in the console ring (read by the readconsole sysctl) and on the
 * UART. printk() is one line per call, with or without a newline at its end. Callable from any
 * context, without or with locks of core held, except the console's own.
 */
#ifndef TREFOIL_PRINTK_H
#define TREFOIL_PRINTK_H

#include <stdarg.h>
#include <trefoil/types.h>

enum log_level {
    LOG_ERROR,
    LOG_WARNING,
    LOG_INFO,
    LOG_DEBUG, /* only with log=debug on the command line */
};

void log_message(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A line that an event of its own tells of (<trefoil/journal.h>): where in the ring it begins. */
uint32_t log_told(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define log_error(...)   log_message(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_message(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_message(LOG_DEBUG, __VA_ARGS__)
#define printk(...)      log_info(__VA_ARGS__)

/*
 * What guests can provoke goes through a limit, of which each domain has its own: so many lines at
 * once, then so many in the same time again, with a count of those dropped.
 */
struct log_limit {
    uint64_t window; /* ns: when the burst began */
    uint32_t used, dropped;
    uint64_t lines, left_out; /* in all */
};
/* May a line be printed? Says how many were dropped since, when it may. */
bool log_allowed(struct log_limit *limit, uint32_t *dropped);
/* The same for a line that the current vcpu's domain is the cause of; tells what was dropped. */
bool log_allowed_here(void);

#define log_limited(level, ...)                                                                    \
    do {                                                                                           \
        if (log_allowed_here())                                                                    \
            log_message(level, __VA_ARGS__);                                                       \
    } while (0)

#define printk_limited(...) log_limited(LOG_WARNING, __VA_ARGS__)

/* Something that cannot be is so: prints, and stops the machine. Never for what a guest, a client
 * or a device tree may cause. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
