/* SPDX-License-Identifier: MIT */
/* The hypervisor's command line of a configuration that was written for Xen. */
#include <string.h>

#include "imagebuilder.h"

static const char *const options[] = {
#define OPTION(name, ...) name,
#include "hypervisor/core/options.def"
#undef OPTION
};

/* What Xen is told of its own output and start, which here is as it is. */
static const char *const harmless[] = {
    "console", "sync_console", "console_timestamps", "bootscrub",
    "loglvl",  "guest_loglvl", "noreboot",
};

static bool is_among(const char *const names[], size_t count, const char *word, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == length && memcmp(names[i], word, length) == 0)
            return true;
    return false;
}

/* A size of Xen's command line: a number and K, M or G, KiB without one. */
static bool kibibytes(const char *text, size_t length, uint64_t *size)
{
    char number[24];
    unsigned int shift = 0;
    char unit = length ? (char)(text[length - 1] | 0x20) : '0';

    if (unit == 'k' || unit == 'm' || unit == 'g') {
        shift = unit == 'k' ? 0 : unit == 'm' ? 10 : 20;
        length--;
    }
    if (length >= sizeof(number))
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    if (!make_number(number, size) || *size > UINT64_MAX >> 30)
        return false;
    *size <<= shift;
    return true;
}

static void read_of_dom0(struct configuration *configuration, const struct assignment *assignment,
                         const char *word, size_t length)
{
    bool memory = strncmp(word, "dom0_mem=", 9) == 0;
    size_t name = strlen(memory ? "dom0_mem=" : "dom0_max_vcpus=");
    uint64_t number;
    bool right = kibibytes(word + name, length - name, &number);
    struct make_value *value;

    if (!configuration->dom0)
        return;
    value = &configuration->dom0->values[memory ? MAKE_MEMORY : MAKE_CPUS];
    if (!right || number == 0)
        make_say(configuration->board, MAKE_ERROR, assignment->place, assignment->name,
                 "%.*s: not understood", (int)length, word);
    else if (value->given && value->number != number)
        make_say(configuration->board, MAKE_WARNING, assignment->place, assignment->name,
                 "%.*s: not acted on: the domain's node says something else", (int)length, word);
    else
        *value = (struct make_value){.given = true, .number = number};
}

static void read_word(struct configuration *configuration, const struct assignment *assignment,
                      const char *word, size_t length, char *kept)
{
    const char *equals = memchr(word, '=', length);
    size_t name = equals ? (size_t)(equals - word) : length;

    if (is_among((const char *const[]){"dom0_mem", "dom0_max_vcpus"}, 2, word, name) && equals)
        read_of_dom0(configuration, assignment, word, length);
    else if (is_among(options, sizeof(options) / sizeof(options[0]), word, name))
        snprintf(kept + strlen(kept), length + 2, "%s%.*s", *kept ? " " : "", (int)length, word);
    else if (!is_among(harmless, sizeof(harmless) / sizeof(harmless[0]), word, name))
        make_say(configuration->board, MAKE_WARNING, assignment->place, assignment->name,
                 "%.*s: no option of Trefoil's, left out", (int)(length > 60 ? 60 : length), word);
}

void imagebuilder_read_command_line(struct configuration *configuration,
                                    const struct assignment *assignment)
{
    const char *word = assignment ? assignment->value : "";
    char *kept = make_allocate(configuration->board, 2 * strlen(word) + 2);

    if (!kept || !assignment)
        return;
    for (;;) {
        size_t length;

        word += strspn(word, " \t\n");
        length = strcspn(word, " \t\n");
        if (length == 0)
            break;
        read_word(configuration, assignment, word, length, kept);
        word += length;
    }
    configuration->board->command_line = kept;
}
