/* SPDX-License-Identifier: MIT */
/* What all sections of the page are written by. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"

static void put_escaped(FILE *out, const char *text)
{
    static const struct {
        char character;
        const char *entity;
    } entities[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"},
    };
    for (; *text; text++) {
        const char *entity = NULL;
        for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
            if (entities[i].character == *text)
                entity = entities[i].entity;
        }
        if (entity)
            fputs(entity, out);
        else
            fputc(*text, out);
    }
}

/* One conversion, of what comes after its %; how long that is. */
static size_t put_conversion(FILE *out, const char *format, va_list *list)
{
    static const char *const known[] = {"s", "u", "llu", ".1f", "%"};
    size_t kind = 0;
    while (kind < sizeof(known) / sizeof(known[0]) &&
           strncmp(format, known[kind], strlen(known[kind])) != 0)
        kind++;
    switch (kind) {
    case 0: put_escaped(out, va_arg(*list, const char *)); break;
    case 1: fprintf(out, "%u", va_arg(*list, unsigned int)); break;
    case 2: fprintf(out, "%llu", va_arg(*list, unsigned long long)); break;
    case 3: fprintf(out, "%.1f", va_arg(*list, double)); break;
    case 4: fputc('%', out); break;
    default: return 0;
    }
    return strlen(known[kind]);
}

void html(FILE *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    for (; *format; format++) {
        if (*format == '%')
            format += put_conversion(out, format + 1, &list);
        else
            fputc(*format, out);
    }
    va_end(list);
}

/* To a tenth, which is left out if it is none. */
const char *page_size(uint64_t kib, char *out)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    uint64_t tenths = kib * 10;
    size_t unit = 0;
    while (tenths >= 10240 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        tenths /= 1024;
        unit++;
    }
    if (tenths % 10)
        snprintf(out, PAGE_SIZE_MAX, "%.1f %s", (double)tenths / 10, units[unit]);
    else
        snprintf(out, PAGE_SIZE_MAX, "%llu %s", (unsigned long long)tenths / 10, units[unit]);
    return out;
}

void page_open_table(const struct page *page, const char *class, const char *const *headings)
{
    html(page->out, "<div class=\"wide\"><table class=\"%s\"><thead><tr>", class);
    for (; *headings; headings++)
        html(page->out, "<th scope=\"col\">%s</th>", *headings);
    html(page->out, "</tr></thead><tbody>\n");
}

void page_close_table(const struct page *page)
{
    html(page->out, "</tbody></table></div>\n");
}

unsigned int page_hue(uint32_t domid)
{
    return domid % PAGE_HUES;
}
