/* SPDX-License-Identifier: MIT */
#include <trefoil/options.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

#define OPTION_VALUE 64U

static const char *text = "";

/* Ours have a value; Xen's may have none. */
static const char *const known_options[] = {
#define OPTION(name, values, absent, meaning) name "=",
#include "options.def"
#undef OPTION
#define XEN_OPTION(name, values, meaning) name,
#include "options_xen.def"
#undef XEN_OPTION
};

void options_init(const char *command_line)
{
    text = command_line;
}

const char *options_text(void)
{
    return text;
}

static size_t word_length(const char *word)
{
    size_t length = 0;

    while (word[length] && word[length] != ' ')
        length++;
    return length;
}

static const char *next_word(const char *word)
{
    word += word_length(word);
    while (*word == ' ')
        word++;
    return word;
}

static bool is_named(const char *word, const char *name)
{
    size_t length = strlen(name);

    return strncmp(word, name, length) == 0 && word[length] == '=';
}

bool option_value(const char *name, char *value, size_t size)
{
    value[0] = '\0';
    for (const char *word = text; *word; word = next_word(word)) {
        if (!is_named(word, name))
            continue;

        size_t skip = strlen(name) + 1, length = word_length(word) - skip;

        if (length >= size)
            length = size - 1;
        memcpy(value, word + skip, length);
        value[length] = '\0';
        return true;
    }
    return false;
}

bool option_is(const char *name, const char *value)
{
    char given[OPTION_VALUE];

    return option_value(name, given, sizeof(given)) && strcmp(given, value) == 0;
}

static bool begins_option(const char *word, const char *option)
{
    size_t length = strlen(option);

    return strncmp(word, option, length) == 0 &&
           (option[length - 1] == '=' || word[length] == '=' || word_length(word) == length);
}

static bool is_known(const char *word)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(known_options); i++) {
        if (begins_option(word, known_options[i]))
            return true;
    }
    return false;
}

void options_check(void)
{
    for (const char *word = text; *word; word = next_word(word)) {
        if (*word != ' ' && !is_known(word))
            log_warning("command line: nobody knows the option %.*s", (int)word_length(word), word);
    }
}
