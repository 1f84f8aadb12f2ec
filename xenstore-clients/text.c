/* SPDX-License-Identifier: MIT */
/* Values as text. */
#include <stdlib.h>
#include <string.h>

#include "client.h"

/* Letters that stand for a control character. */
static const char letters[] = "tnr\\";
static const char meanings[] = "\t\n\r\\";

char *text_escape(const char *bytes, unsigned int length)
{
    char *text = malloc((size_t)length * 4 + 1), *next = text;

    if (!text)
        return NULL;
    for (unsigned int i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        const char *meaning = byte ? strchr(meanings, byte) : NULL;

        if (meaning)
            next += sprintf(next, "\\%c", letters[meaning - meanings]);
        else if (byte >= ' ' && byte <= '~')
            *next++ = (char)byte;
        else
            next += sprintf(next, byte < 8 ? "\\%03o" : "\\x%02x", byte);
    }
    *next = '\0';
    return text;
}

static int digit(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    letter = (char)(letter | 0x20);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 16;
}

/* Up to `most` digits to the given base; advances *text behind them. */
static char number(const char **text, int base, int most)
{
    int value = 0;

    for (; most && digit(**text) < base; most--)
        value = value * base + digit(*(*text)++);
    return (char)value;
}

/* *text stands behind a backslash and is advanced behind what belongs to it. */
static char unescape_one(const char **text)
{
    const char *letter;

    if (digit(**text) < 8)
        return number(text, 8, 3);
    if (**text == 'x' && digit((*text)[1]) < 16) {
        ++*text;
        return number(text, 16, 2);
    }
    letter = strchr(letters, *(*text)++);
    return letter ? meanings[letter - letters] : (*text)[-1];
}

char *text_unescape(const char *text, unsigned int *length)
{
    char *bytes = malloc(strlen(text) + 1), *next = bytes;

    if (!bytes)
        return NULL;
    while (*text) {
        if (*text == '\\' && text[1]) {
            text++;
            *next++ = unescape_one(&text);
        } else {
            *next++ = *text++;
        }
    }
    *length = (unsigned int)(next - bytes);
    return bytes;
}

void print_permissions(FILE *out, const struct xs_permissions *list, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        char text[16];

        if (xs_perm_to_string(&list[i], text, sizeof(text)))
            fprintf(out, "%c%s", i ? ',' : '(', text);
    }
    fputc(')', out);
}
