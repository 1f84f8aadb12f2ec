/* SPDX-License-Identifier: MIT */
/* A board out of what describes its domains for other tools. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "launch.h"
#include "launch_module.h"
#include "launchmake/make.h"
#include "xl.h"

/* Something that is loaded, and one thing to say, as rows to print. */
struct file_row {
    const char *name, *path;
    uint64_t address, size, room;
};

struct message_row {
    const char *severity;
    char text[MAKE_MESSAGE + 64];
};

const struct libxl_field launch_file_fields[] = {
    XL_FIELD(file_row, name, POINTER, "name"),
    XL_FIELD(file_row, address, NUMBER, "address"),
    XL_FIELD(file_row, size, NUMBER, "size"),
    XL_FIELD(file_row, path, POINTER, "path"),
    {.name = NULL},
};

static const struct libxl_field message_fields[] = {
    XL_FIELD(message_row, severity, POINTER, "severity"),
    XL_FIELD(message_row, text, STRING, "text"),
    {.name = NULL},
};

struct making {
    const struct xl_call *call;
    struct make_board board;
    struct launch_files modules;
    struct launch_report report;
    bool examined;
    struct file_row *files;
    struct message_row *messages;
    size_t nr_files, nr_messages;
    void *machine_tree, *tree;
};

/* ---- reading ---- */

/* What dtc makes of it, if it is a source; it says itself what is wrong. */
static char *flattened(struct making *making, const char *path, char *text, size_t *size)
{
    char *name = (char *)path;

    if (make_is_flattened(text, *size))
        return text;
    free(text);
    text = launch_read_tree(&name, 1);
    making->board.errors |= !text;
    *size = text ? make_tree_size(text) : 0;
    return text;
}

static void read_description(struct making *making, const char *path)
{
    const char *name = xl_value(making->call, 'f');
    struct make_place place = {path, 0};
    enum make_kind kind;
    size_t size;
    char *text = make_read_file(path, MAKE_MAX_INPUT, &size);

    if (!text) {
        make_say(&making->board, MAKE_ERROR, place, NULL, "%s", strerror(errno));
        return;
    }
    kind = name ? make_kind_of_name(name) : make_kind_of_text(text, size);
    if (kind == MAKE_KINDS)
        make_say(&making->board, MAKE_ERROR, place, NULL,
                 name ? "--from takes imagebuilder, xl, libvirt or system-device-tree"
                      : "looks like no description that is known; --from says which it is");
    else if (kind == MAKE_SYSTEM)
        text = flattened(making, path, text, &size);
    if (kind != MAKE_KINDS && text)
        make_read(&making->board, kind, path, text, size);
    free(text);
}

/* Options go before what a description says. */
static void read_all(struct making *making)
{
    const struct xl_call *call = making->call;
    const char *tree = xl_value(call, 't'), *hypervisor = xl_value(call, 'x');
    struct make_place place = {NULL, 0};

    if (tree)
        make_set_tree(&making->board, place, "--tree", tree);
    if (hypervisor)
        make_set_hypervisor(&making->board, place, "--hypervisor", hypervisor);
    for (int i = 1; i < call->argc; i++)
        read_description(making, call->argv[i]);
    make_complete(&making->board);
}

/* ---- making ---- */

static bool read_tree(struct making *making)
{
    char *path = (char *)making->board.tree->path;

    making->machine_tree = launch_read_tree(&path, 1);
    making->board.errors |= !making->machine_tree;
    if (making->machine_tree)
        making->machine_tree = make_lay_over(&making->board, making->machine_tree);
    return making->machine_tree != NULL;
}

/* What boot would find where it is loaded. */
static bool read_modules(struct making *making)
{
    for (const struct make_file *file = making->board.files; file; file = file->next) {
        const char *text =
            make_format(&making->board, "0x%llx=%s", (unsigned long long)file->address, file->path);

        if (!(file->content ? launch_add_file(&making->modules, file->address, file->path,
                                              file->content, file->size)
                            : launch_read_file(&making->modules, text)))
            return false;
    }
    return true;
}

/* The tree, which the hypervisor's own parser has looked at; what that finds is in the report. */
static void make_all(struct making *making)
{
    struct make_board *board = &making->board;

    if (board->errors || board->out_of_memory)
        return;
    if (!read_tree(making))
        return;
    make_pass_devices(board, making->machine_tree);
    if (board->errors || !make_place_all(board, making->machine_tree))
        return;
    making->tree = make_tree(board, making->machine_tree);
    if (!making->tree || board->errors)
        return;
    board->tree->size = make_tree_size(making->tree);
    if (!read_modules(making)) {
        board->errors = true;
        return;
    }
    making->examined = launch_examine(making->tree, &making->modules, &making->report);
    board->out_of_memory |= !making->examined;
}

static bool is_wrong(const struct making *making)
{
    return making->board.errors || making->board.out_of_memory ||
           (making->examined && making->report.errors);
}

/* ---- printing ---- */

static void add_file(struct making *making, const struct make_file *file)
{
    making->files[making->nr_files++] = (struct file_row){.name = file->name,
                                                          .path = file->path,
                                                          .address = file->address,
                                                          .size = file->size,
                                                          .room = file->room};
}

static size_t count_files(const struct make_board *board)
{
    size_t count = 2;

    for (const struct make_file *file = board->files; file; file = file->next)
        count++;
    return count;
}

/* Whose node in the tree that was made is spoken of; NULL: none of them. */
static const struct make_domain *domain_of(const struct make_board *board, const char *text)
{
    for (const struct make_domain *domain = board->domains; domain; domain = domain->next) {
        size_t length = strlen(domain->path);

        if (strncmp(text, domain->path, length) == 0 &&
            (text[length] == ':' || text[length] == '/'))
            return domain;
    }
    return NULL;
}

/* What is said of a domain's node is said of where it is described. */
static void add_message(struct making *making, const char *severity,
                        const struct make_domain *domain, const char *text)
{
    struct message_row *row = &making->messages[making->nr_messages++];

    row->severity = severity;
    if (domain && domain->node)
        snprintf(row->text, sizeof(row->text), "%.80s: %s%s", domain->place.file, domain->node,
                 text + strlen(domain->path));
    else if (domain && domain->place.line)
        snprintf(row->text, sizeof(row->text), "%.80s:%u: %s", domain->place.file,
                 domain->place.line, text);
    else if (domain && domain->place.file)
        snprintf(row->text, sizeof(row->text), "%.80s: %s", domain->place.file, text);
    else
        snprintf(row->text, sizeof(row->text), "%s", text);
    libxl_make_printable(row->text, strlen(row->text), "");
}

static bool collect(struct making *making)
{
    static const char *const severities[] = {"error", "warning", "note"};
    const struct make_board *board = &making->board;
    const struct launch_report *report = &making->report;
    char dropped[64];

    making->files = calloc(count_files(board), sizeof(*making->files));
    making->messages =
        calloc(board->nr_messages + report->nr_messages + 1, sizeof(*making->messages));
    if (!making->files || !making->messages)
        return false;
    if (making->examined) {
        add_file(making, board->hypervisor);
        add_file(making, board->tree);
        for (const struct make_file *file = board->files; file; file = file->next)
            add_file(making, file);
    }
    for (unsigned int i = 0; i < board->nr_messages; i++)
        add_message(making, severities[board->messages[i].severity], NULL, board->messages[i].text);
    for (size_t i = 0; i < report->nr_messages; i++)
        add_message(making, report->messages[i].severity,
                    domain_of(board, report->messages[i].text), report->messages[i].text);
    if (board->nr_dropped) {
        snprintf(dropped, sizeof(dropped), "%u more messages are left out", board->nr_dropped);
        add_message(making, "warning", NULL, dropped);
    }
    return true;
}

static void print_table(const struct making *making)
{
    if (making->examined) {
        launch_print(&making->report);
        printf("\n%14s %14s %-24s %s\n", "Address", "Size", "File", "From");
    }
    for (size_t i = 0; i < making->nr_files; i++)
        printf("%#14llx %#14llx %-24s %s\n", (unsigned long long)making->files[i].address,
               (unsigned long long)making->files[i].size, making->files[i].name,
               making->files[i].path);
    if (making->nr_files && making->nr_messages)
        putchar('\n');
    for (size_t i = 0; i < making->nr_messages; i++)
        printf("%s: %s\n", making->messages[i].severity, making->messages[i].text);
}

static int print_for_scripts(const struct making *making)
{
    struct libxl_data lists[LAUNCH_LISTS + 1];

    launch_lists(&making->report, lists);
    lists[LAUNCH_LISTS - 1] =
        (struct libxl_data){"files",       "file",           launch_file_fields,
                            making->files, making->nr_files, sizeof(*making->files)};
    lists[LAUNCH_LISTS] =
        (struct libxl_data){"messages",       "message",           message_fields,
                            making->messages, making->nr_messages, sizeof(*making->messages)};
    return xl_print_lists(making->call, "launch", lists, LAUNCH_LISTS + 1);
}

static int print_all(struct making *making)
{
    if (!collect(making))
        return xl_fail_with("Out of memory.");
    if (xl_wants_data(making->call, 'j'))
        return print_for_scripts(making);
    print_table(making);
    return XL_OK;
}

static void release(struct making *making)
{
    if (making->examined)
        launch_report_free(&making->report);
    launch_free_files(&making->modules);
    make_board_free(&making->board);
    free(making->files);
    free(making->messages);
    free(making->machine_tree);
    free(making->tree);
    free(making);
}

int launch_make(const struct xl_call *call)
{
    const char *folder = xl_value(call, 'o');
    struct making *making;
    int status;

    if (!folder && !xl_given(call, 'n'))
        return xl_fail_with("xl launch make needs --output DIR, or --dry-run to write nothing.");
    making = calloc(1, sizeof(*making));
    if (!making)
        return xl_fail_with("Out of memory.");
    making->call = call;
    make_board_init(&making->board);
    read_all(making);
    make_all(making);
    if (!is_wrong(making) && !xl_given(call, 'n'))
        make_write_folder(&making->board, folder, making->tree);
    status = print_all(making);
    if (making->board.out_of_memory)
        status = xl_fail_with("Out of memory.");
    else if (is_wrong(making))
        status = XL_FAILED;
    release(making);
    return status;
}
