/* SPDX-License-Identifier: MIT */
/*
 * Text from elsewhere, made fit for a terminal. Names and values that guests or device trees chose
 * may hold what a terminal obeys: escape sequences, or characters that turn the line's direction
 * so that it reads as another one.
 */
#include <string.h>

#include <libxl/fields.h>
#include <libxl/libxl.h>

/* Characters that stand for nothing to be seen at their place. */
static const struct {
    uint32_t first, last;
} unprintable[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},         /* C0, DEL, C1 */
    {0x200e, 0x200f}, {0x2028, 0x202e},     /* marks of direction, ends of lines, overrides */
    {0x2066, 0x2069}, {0xd800, 0xdfff},     /* isolates; surrogates, which UTF-8 does not have */
    {0xfffe, 0xffff}, {0x110000, 0x1fffff}, /* no characters */
};

static bool is_printable(uint32_t character)
{
    for (size_t i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]); i++) {
        if (character >= unprintable[i].first && character <= unprintable[i].last)
            return false;
    }
    return true;
}

/* By the number of bytes less one: what the first byte looks like, and what only longer forms may
 * hold. */
static const struct {
    unsigned char mask, lead;
    uint32_t least;
} forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

/* The bytes of the printable character at `text`, or 0 if there is none. */
static size_t character_length(const unsigned char *text, size_t left)
{
    size_t more = 0;
    while (more < 4 && (text[0] & forms[more].mask) != forms[more].lead)
        more++;
    if (more == 4 || more >= left)
        return 0;
    uint32_t character = text[0] & (uint32_t)~forms[more].mask;
    for (size_t i = 1; i <= more; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (text[i] & 0x3f);
    }
    return character >= forms[more].least && is_printable(character) ? more + 1 : 0;
}

void libxl_make_printable(char *text, size_t length, const char *allowed)
{
    for (size_t i = 0; i < length;) {
        size_t whole = character_length((const unsigned char *)text + i, length - i);
        if (!whole && (!text[i] || !strchr(allowed, text[i])))
            text[i] = '?';
        i += whole ? whole : 1;
    }
}

void libxl_make_fields_printable(const struct libxl_field *fields, void *base)
{
    for (; fields->name; fields++) {
        char *text = (char *)base + fields->offset;
        if (fields->kind == LIBXL_KIND_STRING || fields->kind == LIBXL_KIND_TEXT)
            libxl_make_printable(text, strnlen(text, fields->size), "");
    }
}
