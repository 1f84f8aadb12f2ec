/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "screen.h"

#define TEXT_MAX 1024
#define BAR      20 /* letters */

/* A line of the table: a domain's own, or one of what it has. */
struct top_line {
    const struct top_domain *domain;
    enum { LINE_DOMAIN, LINE_VCPU, LINE_DEVICE } kind;
    size_t index;
};

bool top_is_shown(const struct top_screen *screen, const struct top_domain *domain)
{
    return !*screen->filter || strstr(domain->info.name, screen->filter);
}

static void add_line(struct top_screen *screen, struct top_line line)
{
    if (screen->nr_lines == screen->room) {
        size_t room = screen->room ? screen->room * 2 : 64;
        struct top_line *more = realloc(screen->lines, room * sizeof(*more));
        if (!more)
            return;
        screen->lines = more;
        screen->room = room;
    }
    screen->lines[screen->nr_lines++] = line;
}

static bool wants_device(const struct top_screen *screen, const struct top_device *device)
{
    return device->info.kind == LIBXL_DISK ? screen->disks : screen->nics;
}

static void add_lines(struct top_screen *screen, const struct top_domain *domain)
{
    add_line(screen, (struct top_line){domain, LINE_DOMAIN, 0});
    for (size_t i = 0; screen->vcpus && i < domain->nr_vcpus; i++)
        add_line(screen, (struct top_line){domain, LINE_VCPU, i});
    for (size_t i = 0; i < domain->nr_devices; i++) {
        if (wants_device(screen, &domain->devices[i]))
            add_line(screen, (struct top_line){domain, LINE_DEVICE, i});
    }
}

/* Who was selected and is gone, or not shown, is followed by the first one. */
static void select_somebody(struct top_screen *screen)
{
    for (size_t i = 0; i < screen->nr_lines; i++) {
        if (screen->lines[i].domain->info.domid == screen->selected)
            return;
    }
    if (screen->nr_lines)
        screen->selected = screen->lines[0].domain->info.domid;
}

static void make_lines(struct top_screen *screen)
{
    screen->nr_lines = 0;
    top_sort(screen->now.domains, screen->now.count, screen->sort, screen->reversed);
    for (size_t i = 0; i < screen->now.count; i++) {
        if (top_is_shown(screen, &screen->now.domains[i]))
            add_lines(screen, &screen->now.domains[i]);
    }
    select_somebody(screen);
}

/* ---- The rows above the table ---- */

static void draw_summary(const struct top_screen *screen)
{
    const struct top_sample *now = &screen->now;
    size_t running = 0, paused = 0, crashed = 0, ended = 0;
    char text[TEXT_MAX];
    for (size_t i = 0; i < now->count; i++) {
        const struct libxl_domain *info = &now->domains[i].info;
        running += info->running;
        paused += info->paused;
        crashed += top_has_crashed(info);
        ended += top_has_shut_down(info);
    }
    snprintf(text, sizeof(text), "%zu domains: %zu running, %zu paused, %zu crashed, %zu shut down",
             now->count, running, paused, crashed, ended);
    screen->terminal->put(0, 0, crashed ? TERMINAL_RED : 0, text);
    if (now->nr_cpus)
        snprintf(text, sizeof(text), "%" PRIu64 " MiB, %" PRIu64 " free; %" PRIu32 " CPUs",
                 now->total_kib / 1024, now->free_kib / 1024, now->nr_cpus);
    else
        snprintf(text, sizeof(text), "The machine is not shown to this domain");
    screen->terminal->put(1, 0, 0, text);
}

static void draw_bar(const struct top_screen *screen, int row, const struct top_cpu *cpu)
{
    char bar[BAR + 1], text[TEXT_MAX];
    double busy = cpu->busy < 0 ? 0 : cpu->busy > 100 ? 100 : cpu->busy;
    for (int i = 0; i < BAR; i++)
        bar[i] = i < (int)(busy * BAR / 100 + 0.5) ? '|' : ' ';
    bar[BAR] = '\0';
    if (cpu->busy < 0)
        snprintf(text, sizeof(text), "CPU%-3" PRIu32 " [%s]     -", cpu->cpu, bar);
    else
        snprintf(text, sizeof(text), "CPU%-3" PRIu32 " [%s] %5.1f%%", cpu->cpu, bar, cpu->busy);
    screen->terminal->put(row, 0, 0, text);
}

/* As many as leave the table half of the rows; returns how many. */
static int draw_bars(const struct top_screen *screen, int first)
{
    int rows = screen->rows / 2 - first, count = 0;
    for (size_t i = 0; screen->cpus && i < screen->now.nr_cpu_counters && count < rows; i++)
        draw_bar(screen, first + count++, &screen->now.cpus[i]);
    return count;
}

/* ---- The table ---- */

/* Whether the column is shown: the name always, others from the first on that was scrolled to. */
static bool is_visible(const struct top_screen *screen, size_t column)
{
    return column == 0 || column > screen->first_column;
}

/* A cell, in its place; returns where the next begins. */
static int put_cell(const struct top_screen *screen, int row, int at, size_t column,
                    unsigned int style, const char *value)
{
    char text[TOP_VALUE_MAX + 32];
    int width = top_columns[column].width;
    /* One that would be cut is left out, but for the name. */
    if (column && at + width > screen->columns)
        return screen->columns;
    if (top_columns[column].is_text)
        snprintf(text, sizeof(text), "%-*.*s", width, width, value);
    else
        snprintf(text, sizeof(text), "%*s", width, value);
    screen->terminal->put(row, at, style, text);
    return at + width + 1;
}

static void draw_header(const struct top_screen *screen, int row)
{
    int at = 0;
    for (size_t column = 0; column < top_nr_columns; column++) {
        unsigned int style = column == screen->sort ? TERMINAL_BOLD : 0;
        if (is_visible(screen, column))
            at = put_cell(screen, row, at, column, style, top_columns[column].header);
    }
    screen->terminal->mark(row, TERMINAL_REVERSE);
}

/* Colour is for what asks for somebody. */
static unsigned int style_of(const struct top_domain *domain, const struct top_column *column)
{
    bool is_trouble;
    if (domain->domain_rate[XEN_DOMAIN_COUNTER_denials] > 0 && !strcmp(column->header, "DENY/s"))
        return TERMINAL_RED;
    if (strcmp(column->header, "STATE") != 0)
        return 0;
    top_state(&domain->info, &is_trouble);
    if (is_trouble)
        return TERMINAL_RED;
    return domain->info.paused ? TERMINAL_YELLOW : 0;
}

static void draw_domain(const struct top_screen *screen, int row, const struct top_domain *domain)
{
    int at = 0;
    for (size_t column = 0; column < top_nr_columns; column++) {
        char value[TOP_VALUE_MAX];
        if (!is_visible(screen, column))
            continue;
        top_column_value(&top_columns[column], domain, value);
        at = put_cell(screen, row, at, column, style_of(domain, &top_columns[column]), value);
    }
    if (domain->info.domid == screen->selected)
        screen->terminal->mark(row, TERMINAL_BOLD | TERMINAL_REVERSE);
}

static void format_rate(double value, char *out, size_t size)
{
    if (value < 0)
        snprintf(out, size, "-");
    else
        snprintf(out, size, "%.1f", value);
}

static void format_vcpu(const struct top_vcpu *vcpu, char *out, size_t size)
{
    char cpu[16];
    format_rate(vcpu->cpu, cpu, sizeof(cpu));
    snprintf(out, size, "  vcpu %-4" PRIu32 "%s on CPU%-3" PRIu32 " %6s%%  %.1f s", vcpu->info.vcpu,
             !vcpu->info.online   ? "offline"
             : vcpu->info.running ? "running"
             : vcpu->info.blocked ? "blocked"
                                  : "ready  ",
             vcpu->info.cpu, cpu, (double)vcpu->info.cpu_time_ns / 1e9);
}

/* So much of it a second; "-" where that is not known. */
static void format_device_rate(const struct top_device *device, unsigned int which, double unit,
                               char out[16])
{
    format_rate(device->is_rated ? device->rate[which] / unit : TOP_NOT_KNOWN, out, 16);
}

static void format_device(const struct top_device *device, char *out, size_t size)
{
    char first[16], second[16], third[16], fourth[16], name[LIBXL_VDEV_MAX];
    if (device->info.kind == LIBXL_DISK) {
        libxl_vdev_name(device->info.devid, name);
        format_device_rate(device, LIBXL_DISK_READS, 1, first);
        format_device_rate(device, LIBXL_DISK_READ_SECTORS, 2, second);
        format_device_rate(device, LIBXL_DISK_WRITES, 1, third);
        format_device_rate(device, LIBXL_DISK_WRITTEN_SECTORS, 2, fourth);
        snprintf(out, size, "  disk %-6s reads %s/s %sk/s  writes %s/s %sk/s", name, first, second,
                 third, fourth);
        return;
    }
    format_device_rate(device, LIBXL_NIC_SENT_PACKETS, 1, first);
    format_device_rate(device, LIBXL_NIC_SENT_BYTES, 1024, second);
    format_device_rate(device, LIBXL_NIC_RECEIVED_PACKETS, 1, third);
    format_device_rate(device, LIBXL_NIC_RECEIVED_BYTES, 1024, fourth);
    snprintf(out, size, "  net %-7" PRIu32 " sent %s/s %sk/s  received %s/s %sk/s",
             device->info.devid, first, second, third, fourth);
}

static void draw_line(const struct top_screen *screen, int row, const struct top_line *line)
{
    char text[TEXT_MAX];
    if (line->kind == LINE_DOMAIN) {
        draw_domain(screen, row, line->domain);
        return;
    }
    if (line->kind == LINE_VCPU)
        format_vcpu(&line->domain->vcpus[line->index], text, sizeof(text));
    else
        format_device(&line->domain->devices[line->index], text, sizeof(text));
    screen->terminal->put(row, 0, 0, text);
}

/* The one selected stays in sight, with what belongs to it as far as there is room. */
static void scroll(struct top_screen *screen, size_t rows)
{
    size_t first = 0, last = 0;
    for (size_t i = 0; i < screen->nr_lines; i++) {
        if (screen->lines[i].domain->info.domid != screen->selected)
            continue;
        last = i;
        if (screen->lines[i].kind == LINE_DOMAIN)
            first = i;
    }
    if (last >= screen->first_line + rows)
        screen->first_line = last - rows + 1;
    if (first < screen->first_line)
        screen->first_line = first;
    if (screen->first_line >= screen->nr_lines)
        screen->first_line = 0;
}

static void draw_table(struct top_screen *screen, int first)
{
    int rows = screen->rows - first - 2;
    make_lines(screen);
    draw_header(screen, first);
    if (rows < 1)
        return;
    scroll(screen, (size_t)rows);
    for (int i = 0; i < rows && screen->first_line + (size_t)i < screen->nr_lines; i++)
        draw_line(screen, first + 1 + i, &screen->lines[screen->first_line + (size_t)i]);
}

/* ---- The rest ---- */

static const char *const help[] = {
    "Up Down PgUp PgDn  select a domain     Left Right  other columns",
    "s S   sort by the next column, the other way round",
    "/     show only those whose name has ...",
    "f     select the next whose name has ...",
    "v n x lines of vcpus, networks, disks  C  bars of CPUs",
    "p     pause it, or let it go on        r  restart it",
    "d     seconds between samples          space  a sample now",
    "q     end                              h  this, and back",
    "",
    "ROLE: c control, h hardware, x xenstore, d device model.",
    "CPU% is of one CPU; STEAL% is time that it could have run and others did.",
    "/s: hypercalls, events sent, upcalls, denials, KiB sent, received, read, written.",
};

static void draw_help(const struct top_screen *screen)
{
    for (size_t i = 0; i < sizeof(help) / sizeof(help[0]); i++)
        screen->terminal->put((int)i, 0, 0, help[i]);
}

static void draw_bottom(const struct top_screen *screen)
{
    int row = screen->rows - 1;
    char text[TEXT_MAX];
    if (screen->mode == TOP_ASKS_TEXT || screen->mode == TOP_ASKS_CONSENT)
        snprintf(text, sizeof(text), "%s%s", screen->message, screen->input);
    else if (*screen->message)
        snprintf(text, sizeof(text), "%s", screen->message);
    else
        snprintf(text, sizeof(text), "q end  h help  s sort  / filter%s%s",
                 *screen->filter ? ": " : "", screen->filter);
    screen->terminal->put(row, 0, 0, text);
}

void top_draw(struct top_screen *screen)
{
    screen->terminal->size(&screen->rows, &screen->columns);
    screen->terminal->clear();
    if (screen->mode == TOP_HELP) {
        draw_help(screen);
    } else {
        draw_summary(screen);
        draw_table(screen, 2 + draw_bars(screen, 2));
    }
    draw_bottom(screen);
}
