/* SPDX-License-Identifier: MIT */
/* xenstore-watch and xenstore-control. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
        puts(event[XS_WATCH_PATH]);
        fflush(stdout);
        free(event);
        if (client->events > 0)
            client->events--;
    }
    return 0;
}

int run_control(struct client *client)
{
    char arguments[XENSTORE_PAYLOAD_MAX];
    size_t length = 0;
    char *answer;

    for (int i = 1; i < client->count; i++) {
        size_t size = strlen(client->arguments[i]) + 1;

        if (length + size > sizeof(arguments))
            return fail(client, "too much");
        memcpy(arguments + length, client->arguments[i], size);
        length += size;
    }
    answer = xs_control_command(client->xs, client->arguments[0], arguments, (unsigned int)length);
    if (!answer)
        return fail(client, "%s: %s", client->arguments[0], strerror(errno));
    fputs(answer, stdout);
    if (*answer && answer[strlen(answer) - 1] != '\n')
        putchar('\n');
    free(answer);
    return 0;
}
