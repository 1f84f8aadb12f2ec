/* SPDX-License-Identifier: MIT */
/*
 * First the new program is run as a child that reads the stream and says whether it can go on from
 * it; only then does it take this process' place. So whatever is wrong with it costs a moment.
 */
#include "live_update.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <tools/clock.h>

#include "live_session.h"
#include "log.h"
#include "state/state.h"

#define BLANKS " \t\n"

/* ---- The new program's command line -----------------------------------------------------------
 */

struct command_line {
    char **argv;
    int argc;
    char *words;         /* what the session's arguments were cut into */
    char descriptor[64]; /* the last one */
};

/* One that an earlier update has put there. */
static bool is_ours(const char *argument)
{
    return !strncmp(argument, "--" LIVE_OPTION "=", strlen("--" LIVE_OPTION "="));
}

static size_t count_words(const char *text)
{
    size_t count = 0;

    for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
        count++;
        text += strcspn(text, BLANKS);
    }
    return count;
}

static bool make_command_line(struct command_line *line, const struct live_program *program,
                              const struct live_session *session)
{
    size_t count = session->arguments ? count_words(session->arguments) : (size_t)program->argc;
    char *rest = NULL;

    memset(line, 0, sizeof(*line));
    line->argv = calloc(count + 3, sizeof(char *));
    line->words = session->arguments ? strdup(session->arguments) : NULL;
    if (!line->argv || (session->arguments && !line->words))
        return false;
    line->argv[line->argc++] = session->file;
    for (char *word = line->words ? strtok_r(line->words, BLANKS, &rest) : NULL; word;
         word = strtok_r(NULL, BLANKS, &rest))
        line->argv[line->argc++] = word;
    for (int i = 1; !line->words && i < program->argc; i++) {
        if (!is_ours(program->argv[i]))
            line->argv[line->argc++] = program->argv[i];
    }
    line->argv[line->argc] = line->descriptor;
    return true;
}

static void free_command_line(struct command_line *line)
{
    free(line->argv);
    free(line->words);
}

static void set_option(struct command_line *line, const char *option, int fd)
{
    snprintf(line->descriptor, sizeof(line->descriptor), "--%s=%d", option, fd);
}

/* ---- Whether it can go on ---------------------------------------------------------------------
 */

static void run_check(const struct command_line *line, int stream, int out)
{
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    fcntl(stream, F_SETFD, 0);
    execv(line->argv[0], line->argv);
    dprintf(STDERR_FILENO, "%s\n", strerror(errno));
    _exit(EXIT_FAILURE);
}

/* What the child says, up to its end; false: it took too long. */
static bool listen_to(int fd, char *said, size_t size, unsigned int seconds)
{
    int64_t deadline = clock_ms() + (int64_t)seconds * 1000;
    size_t length = 0;
    ssize_t got = 1;

    said[0] = '\0';
    while (got > 0) {
        struct pollfd state = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_ms();
        char rest[256];

        if (poll(&state, 1, left > 0 ? (int)left : 0) != 1)
            return false;
        got = read(fd, rest, sizeof(rest));
        if (got <= 0)
            break;
        if ((size_t)got > size - 1 - length)
            got = (ssize_t)(size - 1 - length);
        memcpy(said + length, rest, (size_t)got);
        length += (size_t)got;
        said[length] = '\0';
        /* It says more than it should: the rest is of no interest. */
        if (length == size - 1)
            break;
    }
    return true;
}

/* A sentence from what it said and how it ended; true: it can go on. */
static bool judge(bool in_time, int status, char *said, char problem[LIVE_PROBLEM_SIZE],
                  unsigned int seconds)
{
    if (!in_time) {
        snprintf(problem, LIVE_PROBLEM_SIZE, "it did not say within %u s whether it can go on",
                 seconds);
        return false;
    }
    if (WIFEXITED(status) && !WEXITSTATUS(status) && !strcmp(said, LIVE_READY))
        return true;
    said[strcspn(said, "\n")] = '\0';
    snprintf(problem, LIVE_PROBLEM_SIZE, "%.*s", LIVE_PROBLEM_SIZE - 1,
             *said && strcmp(said, "ready") ? said : "it does not say that it can go on");
    return false;
}

static bool can_go_on(struct command_line *line, int stream, unsigned int seconds,
                      char problem[LIVE_PROBLEM_SIZE])
{
    char said[LIVE_PROBLEM_SIZE];
    int ends[2], status = 0;
    bool in_time;
    pid_t child;

    set_option(line, LIVE_CHECK_OPTION, stream);
    if (pipe2(ends, O_CLOEXEC) < 0) {
        snprintf(problem, LIVE_PROBLEM_SIZE, "%s", strerror(errno));
        return false;
    }
    child = fork();
    if (!child)
        run_check(line, stream, ends[1]);
    close(ends[1]);
    if (child < 0) {
        snprintf(problem, LIVE_PROBLEM_SIZE, "%s", strerror(errno));
        close(ends[0]);
        return false;
    }
    in_time = listen_to(ends[0], said, sizeof(said), seconds);
    close(ends[0]);
    /* If it has ended it is not hurt. */
    if (!in_time)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return judge(in_time, status, said, problem, seconds);
}

/* ---- Handing over -----------------------------------------------------------------------------
 */

static void keep_descriptor(int fd, bool keep)
{
    if (fd >= 0)
        fcntl(fd, F_SETFD, keep ? 0 : FD_CLOEXEC);
}

/* What the new program goes on with stays open for it; all else is closed. */
static void keep_descriptors(const struct server *server, int listener, int stream, bool keep)
{
    keep_descriptor(listener, keep);
    keep_descriptor(stream, keep);
    for (const struct list *link = server->connections.next; link != &server->connections;
         link = link->next) {
        const struct connection *connection = LIST_ENTRY(link, struct connection, link);

        if (connection->transport->descriptor)
            keep_descriptor(connection->transport->descriptor(connection->context), keep);
    }
}

/* Returns only if it failed. */
static void become(struct server *server, const struct live_program *program,
                   struct command_line *line, int stream, char problem[LIVE_PROBLEM_SIZE])
{
    set_option(line, LIVE_OPTION, stream);
    keep_descriptors(server, program->process.listener, stream, true);
    execv(line->argv[0], line->argv);
    snprintf(problem, LIVE_PROBLEM_SIZE, "%s", strerror(errno));
    keep_descriptors(server, program->process.listener, stream, false);
}

static void hand_over(struct server *server, const struct live_program *program,
                      const struct live_session *session, char problem[LIVE_PROBLEM_SIZE])
{
    int stream = memfd_create("xenstored-live-update", MFD_CLOEXEC), error;
    struct command_line line = {0};

    error = stream < 0 ? errno : live_write(server, &program->process, stream);
    if (!error && !make_command_line(&line, program, session))
        error = ENOMEM;
    if (error)
        snprintf(problem, LIVE_PROBLEM_SIZE, "%s", strerror(error));
    else if (can_go_on(&line, stream, session->seconds, problem))
        become(server, program, &line, stream, problem);
    free_command_line(&line);
    if (stream >= 0)
        close(stream);
}

/* Why it is not even tried; NULL: nothing is in the way. */
static const char *obstacle(struct server *server)
{
    if (state_behind(server))
        return "the state file cannot be written now";
    if (server->hypervisor && !domains_told_apart(server))
        return "this hypervisor does not tell one domain from the next of its id";
    return NULL;
}

void live_update(struct server *server, const struct live_program *program)
{
    const struct live_session *session = server->session;
    struct connection *connection = session->connection;
    const struct xsd_sockmsg request = session->request;
    const char *why = obstacle(server);
    char problem[LIVE_PROBLEM_SIZE] = "";

    /* In the stream it has been answered. */
    if (!connection_reply(connection, &request, XS_CONTROL, "OK", sizeof("OK")))
        return;
    if (why)
        snprintf(problem, sizeof(problem), "%s", why);
    else
        hand_over(server, program, session, problem);
    log_message(LOG_ERR, "no live update to %s: %s", session->file, problem);
    connection_take_back(connection);
    connection_reply(connection, &request, XS_CONTROL, problem, strlen(problem) + 1);
    connection_wake(connection);
    live_session_end(server);
}

/* ---- The other side ---------------------------------------------------------------------------
 */

/* The stream's bytes; an empty one has none. NULL: they cannot be had. */
static const void *map_stream(int fd, size_t *size)
{
    struct stat status;
    const void *bytes;

    if (fstat(fd, &status) < 0 || status.st_size <= 0)
        return NULL;
    *size = (size_t)status.st_size;
    bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
    return bytes == MAP_FAILED ? NULL : bytes;
}

static bool take(struct server *server, struct live_process *process, int fd,
                 char problem[LIVE_PROBLEM_SIZE])
{
    size_t size = 0;
    const void *bytes = map_stream(fd, &size);
    int error = server_init(server, NULL);
    bool good = false;

    close(fd);
    if (error)
        snprintf(problem, LIVE_PROBLEM_SIZE, "out of memory");
    else if (!bytes)
        snprintf(problem, LIVE_PROBLEM_SIZE, "descriptor %d is no stream", fd);
    else
        good = live_read(server, process, bytes, size, problem);
    if (bytes)
        munmap((void *)bytes, size);
    return good;
}

bool live_take_over(struct server *server, struct live_process *process, int fd)
{
    char problem[LIVE_PROBLEM_SIZE];
    bool good = take(server, process, fd, problem);

    if (!good)
        log_message(LOG_ERR, "live update: %s", problem);
    return good;
}

/* The end of this process takes the server along. */
int live_check(int fd)
{
    static struct server server;
    struct live_process process;
    char problem[LIVE_PROBLEM_SIZE];
    bool good = take(&server, &process, fd, problem);

    fputs(good ? LIVE_READY : problem, stdout);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
