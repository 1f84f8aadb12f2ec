/* SPDX-License-Identifier: MIT */
/* What the daemon itself has to say: on stderr, and in the background to xenconsoled.log. */
#ifndef XENCONSOLED_MESSAGE_H
#define XENCONSOLED_MESSAGE_H

#include <stdbool.h>

struct log;

/* Chooses the descriptor that messages go to. */
void message_setup(int fd, bool verbose);
/* Has them go to a log instead, which must be there until message_setup(). What it has to say of
 * itself is not said. */
void message_to_log(struct log *log);

void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Only with --verbose. */
void message_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
