/* SPDX-License-Identifier: MIT */
/* xenstore-watch and xenstore-control. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

int run_watch(struct client *client)
{
    for (int i = 0; i < client->count; i++) {
        const char *path = client->arguments[i];

        if (!xs_watch(client->xs, path, path))
            return fail(client, "unable to add watch on %s: %s", path, strerror(errno));
    }
    while (client->events) {
        char **event = xs_read_watch(client->xs, NULL);

        if (!event)
            return fail(client, "no more events: %s", strerror(errno));
        bool written = puts(event[XS_WATCH_PATH]) >= 0 && !fflush(stdout);

        free(event);
        if (!written)
            return fail(client, "standard output: %s", strerror(errno));
        if (client->events > 0)
            client->events--;
    }
    return 0;
}

/* Its answer, malloc'ed; NULL: it has been told why there is none. */
static char *command(struct client *client, char *const *words, int count)
{
    char arguments[XENSTORE_PAYLOAD_MAX];
    size_t length = 0;
    char *answer;

    for (int i = 1; i < count; i++) {
        size_t size = strlen(words[i]) + 1;

        if (length + size > sizeof(arguments)) {
            fail(client, "too much");
            return NULL;
        }
        memcpy(arguments + length, words[i], size);
        length += size;
    }
    answer = xs_control_command(client->xs, words[0], arguments, (unsigned int)length);
    if (!answer)
        fail(client, "%s: %s", words[0], strerror(errno));
    return answer;
}

/* ---- Live update ------------------------------------------------------------------------------
 */

/* One step of it. */
static bool update_step(struct client *client, char *const *words, int count)
{
    char *answer = command(client, words, count);
    bool done = answer && !strcmp(answer, "OK");

    if (answer && !done)
        fail(client, "live-update: %s", answer);
    free(answer);
    return done;
}

/* What xenstored takes in three steps, and gives up with a fourth. */
static int update(struct client *client, const char *file, char *arguments, char *seconds,
                  bool force)
{
    char name[] = "live-update", set[] = "-c", start[] = "-s", time[] = "-t", forced[] = "-F",
         abort[] = "-a";
    char *path = realpath(file, NULL);
    char *const program[] = {name, path}, *const line[] = {name, set, arguments};
    char *const begin[] = {name, start, time, seconds, forced};
    bool begun, done;

    if (!path)
        return fail(client, "live-update: %s: %s", file, strerror(errno));
    begun = update_step(client, program, 2);
    done = begun && (!arguments || update_step(client, line, 3)) &&
           update_step(client, begin, force ? 5 : 4);
    if (begun && !done)
        free(xs_control_command(client->xs, name, abort, sizeof(abort)));
    if (done)
        puts("OK");
    free(path);
    return done ? 0 : 1;
}

static int update_usage(struct client *client)
{
    return fail(client, "live-update: Usage: [-c <cmdline>] [-F] [-t <timeout>] <file>");
}

static int run_update(struct client *client)
{
    char fallback[] = "60", *arguments = NULL, *seconds = fallback;
    bool force = false;
    int letter;

    optind = 0;
    while ((letter = getopt(client->count, client->arguments, "+c:Ft:")) != -1) {
        switch (letter) {
        case 'c': arguments = optarg; break;
        case 't': seconds = optarg; break;
        case 'F': force = true; break;
        default: return update_usage(client);
        }
    }
    if (optind != client->count - 1 || strspn(seconds, "0123456789") != strlen(seconds) ||
        !*seconds)
        return update_usage(client);
    return update(client, client->arguments[optind], arguments, seconds, force);
}

int run_control(struct client *client)
{
    char *answer;

    xs_set_patience(client->xs, 0); /* what it is told to do may take its time */
    if (!strcmp(client->arguments[0], "live-update"))
        return run_update(client);
    answer = command(client, client->arguments, client->count);
    if (!answer)
        return 1;
    fputs(answer, stdout);
    if (*answer && answer[strlen(answer) - 1] != '\n')
        putchar('\n');
    free(answer);
    return 0;
}
