/* SPDX-License-Identifier: MIT */
/*
 * xl and libxl among a hypervisor, an xenstore, a device tree and an xenconsoled that answer
 * anything: the first byte chooses the command, the rest is what it is answered. Whatever it is,
 * the command ends with a status of its own, what it prints as JSON is JSON, and nothing that it
 * prints can steer a terminal.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <yajl/yajl_parse.h>

#include "../../xl/console/console_link.h"
#include "../../xl/xl.h"
#include "libxl_answers.h"

#define WORDS_MAX   8
#define TREE_HEADER 40 /* less would be taken for a source and compiled by another program */

enum output { TABLE, JSON, XML };

/* Commands that wait for others' doing, and those that print what is compiled in, are left out. */
static const struct {
    enum output output;
    const char *line;
} commands[] = {
    {TABLE, "list"},
    {TABLE, "list -v"},
    {TABLE, "list -c 1 app"},
    {JSON, "list -l"},
    {JSON, "list -l 1"},
    {XML, "list --xml 1 app"},
    {TABLE, "info"},
    {TABLE, "info -n"},
    {JSON, "info --json"},
    {XML, "info --xml"},
    {XML, "vcpu-list --xml 1"},
    {TABLE, "vcpu-list"},
    {TABLE, "vcpu-list 1 app"},
    {JSON, "vcpu-list -j 1"},
    {TABLE, "uptime"},
    {TABLE, "uptime -s 1"},
    {TABLE, "domname 1"},
    {TABLE, "domid app"},
    {TABLE, "-v domid app"},
    {TABLE, "dmesg -c"},
    {TABLE, "events -o"},
    {TABLE, "events -o -j -d app"},
    {TABLE, "events -o -u is-ended,app"},
    {TABLE, "policy domctl_*"},
    {JSON, "policy -j domctl_pausedomain"},
    {TABLE, "policy -p split -w app domctl_pausedomain 1"},
    {JSON, "policy -p split -j -w app domctl_pausedomain 1"},
    {TABLE, "sched-credit"},
    {TABLE, "sched-credit2 -d 1"},
    {TABLE, "cpupool-list"},
    {TABLE, "cpupool-list -c"},
    {TABLE, "vcpu-pin 1 all 0-3 all"},
    {TABLE, "-v pause 1 app"},
    {TABLE, "unpause 1"},
    {TABLE, "destroy 1"},
    {TABLE, "shutdown -a"},
    {TABLE, "shutdown 1"},
    {TABLE, "debug-keys h"},
    {TABLE, "block-list 1 app"},
    {JSON, "block-list -j 1"},
    {TABLE, "network-list 1"},
    {XML, "network-list -X 1"},
    {TABLE, "block-detach -f 1 xvda"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static struct {
    char *text;
    size_t size;
    FILE *own;
} printed[2];

static char tree_path[32], socket_path[64];
static int tree_file, listener;
static struct {
    const uint8_t *data;
    size_t size;
    sem_t given;
} answer;

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(printed[1].own, "does not hold: %s\nstdout: %s\nstderr: %s\n", what, printed[0].text,
            printed[1].text);
    abort();
}

/* C0 but for the ends of lines and what lays out a table, DEL, and C1, as a byte or as UTF-8. */
static bool is_tame(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        unsigned char before = i ? (unsigned char)text[i - 1] : 0;
        if ((byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f)
            return false;
        if (byte >= 0x80 && byte < 0xa0 && (before < 0x80 || before == 0xc2))
            return false;
    }
    return true;
}

static bool is_json(const char *text, size_t size)
{
    yajl_handle handle = yajl_alloc(NULL, NULL, NULL);
    bool good = yajl_parse(handle, (const unsigned char *)text, size) == yajl_status_ok &&
                yajl_complete_parse(handle) == yajl_status_ok;
    yajl_free(handle);
    return good;
}

static bool is_xml(const char *text, size_t size)
{
    xmlDoc *document = xmlReadMemory(text, (int)size, NULL, NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_HUGE);
    xmlFreeDoc(document);
    return document != NULL;
}

static void run(const char *line, enum output output)
{
    char words[128], *argv[WORDS_MAX + 2] = {"xl"}, *rest = words;
    int argc = 1;
    snprintf(words, sizeof(words), "%s", line);
    for (char *word; argc <= WORDS_MAX && (word = strsep(&rest, " "));)
        argv[argc++] = word;
    int status = xl_main(argc, argv);
    fflush(stdout);
    fflush(stderr);
    must(status >= XL_OK && status <= XL_DENIED, "the status is one that the manual names");
    must(is_tame(printed[0].text, printed[0].size), "the output steers no terminal");
    must(is_tame(printed[1].text, printed[1].size), "the messages steer no terminal");
    if (output == JSON && printed[0].size)
        must(is_json(printed[0].text, printed[0].size), "the output is JSON");
    if (output == XML && printed[0].size)
        must(is_xml(printed[0].text, printed[0].size), "the output is XML");
    must(output == TABLE || printed[0].size || status != XL_OK, "success prints something");
}

/* The input is the tree. */
static void check_tree(const uint8_t *data, size_t size, enum output output)
{
    static const char *const options[] = {[TABLE] = "", [JSON] = "-j ", [XML] = "-X "};
    static const uint8_t magic[] = {0xd0, 0x0d, 0xfe, 0xed};
    char line[64];
    if (size < TREE_HEADER || memcmp(data, magic, sizeof(magic)) != 0 ||
        ftruncate(tree_file, 0) != 0 || pwrite(tree_file, data, size, 0) != (ssize_t)size)
        return;
    snprintf(line, sizeof(line), "launch check %s%s", options[output], tree_path);
    run(line, output);
}

/* The input is what the daemon says to a client of `xl console`. */
static void greet_daemon(const uint8_t *data, size_t size)
{
    char out[64];
    answer.data = data;
    answer.size = size;
    struct console_link *link = console_link_socket(socket_path, 1, "");
    if (link) {
        while (link->ops->receive(link, out, sizeof(out)) > 0)
            continue;
        link->ops->close(link);
    }
    sem_wait(&answer.given);
    fflush(stderr);
    must(is_tame(printed[1].text, printed[1].size), "the daemon's reason steers no terminal");
}

static void *serve(void *unused)
{
    (void)unused;
    for (;;) {
        int client = accept(listener, NULL, NULL);
        char greeting[64];
        if (client < 0)
            continue;
        if (read(client, greeting, sizeof(greeting)) > 0 && answer.size)
            send(client, answer.data, answer.size, MSG_NOSIGNAL);
        close(client);
        sem_post(&answer.given);
    }
    return NULL;
}

static void start_server(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    pthread_t thread;
    snprintf(socket_path, sizeof(socket_path), "/tmp/libxl-fuzz-%d.sock", (int)getpid());
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
    sem_init(&answer.given, 0, 0);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 8) != 0 || pthread_create(&thread, NULL, serve, NULL) != 0)
        abort();
}

static void remove_socket(void)
{
    unlink(socket_path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    unsetenv("TREFOIL_TRANSPORT");
    tree_file = memfd_create("tree", 0);
    snprintf(tree_path, sizeof(tree_path), "/proc/self/fd/%d", tree_file);
    start_server();
    atexit(remove_socket);
    return 0;
}

static void choose(uint8_t choice, const uint8_t *data, size_t size)
{
    size_t command = choice % (COMMANDS + 4);
    if (command < COMMANDS) {
        answers_from(data, size);
        run(commands[command].line, commands[command].output);
    } else if (command == COMMANDS) {
        greet_daemon(data, size);
    } else {
        check_tree(data, size, (enum output)(command - COMMANDS - 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    printed[0].own = stdout;
    printed[1].own = stderr;
    stdout = open_memstream(&printed[0].text, &printed[0].size);
    stderr = open_memstream(&printed[1].text, &printed[1].size);
    choose(data[0], data + 1, size - 1);
    fclose(stdout);
    fclose(stderr);
    stdout = printed[0].own;
    stderr = printed[1].own;
    free(printed[0].text);
    free(printed[1].text);
    return 0;
}
