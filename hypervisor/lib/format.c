/* SPDX-License-Identifier: MIT */
/* printf's formatting without floating point. */
#include <stdbool.h>
#include <stdint.h>
#include <trefoil/string.h>

struct output {
    char *to;
    size_t size;
    size_t length; /* of the whole text */
};

struct conversion {
    bool left, zero, plus, alternate;
    int width, precision; /* precision -1: none */
    unsigned int longs;   /* l, ll, z: 64 bits */
    unsigned int halves;
    char kind;
};

static void put(struct output *output, char c)
{
    if (output->length + 1 < output->size)
        output->to[output->length] = c;
    output->length++;
}

static void put_text(struct output *output, const char *text, size_t length)
{
    if (output->length + 1 < output->size) {
        size_t room = output->size - output->length - 1;

        memcpy(output->to + output->length, text, length < room ? length : room);
    }
    output->length += length;
}

static void pad(struct output *output, char c, int count)
{
    for (; count > 0; count--)
        put(output, c);
}

static void put_string(struct output *output, const struct conversion *conversion, const char *s)
{
    if (!s)
        s = "(null)";

    size_t limit = conversion->precision < 0 ? SIZE_MAX : (size_t)conversion->precision;
    int length = (int)strnlen(s, limit);

    if (!conversion->left)
        pad(output, ' ', conversion->width - length);
    put_text(output, s, (size_t)length);
    if (conversion->left)
        pad(output, ' ', conversion->width - length);
}

static int digits_of(uint64_t value, unsigned int base, const char *digits, char *reversed)
{
    int count = 0;

    for (; value; value /= base)
        reversed[count++] = digits[value % base];
    return count;
}

static void put_number(struct output *output, const struct conversion *conversion, uint64_t value,
                       const char *prefix)
{
    bool decimal = conversion->kind == 'd' || conversion->kind == 'i' || conversion->kind == 'u';
    const char *digits = conversion->kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char reversed[24];
    int count = digits_of(value, decimal ? 10 : 16, digits, reversed);
    int wanted = conversion->precision < 0 ? 1 : conversion->precision;
    int zeroes = count < wanted ? wanted - count : 0;
    int total = (int)strlen(prefix) + zeroes + count;

    if (conversion->zero && !conversion->left && conversion->precision < 0 &&
        total < conversion->width) {
        zeroes += conversion->width - total;
        total = conversion->width;
    }
    if (!conversion->left)
        pad(output, ' ', conversion->width - total);
    while (*prefix)
        put(output, *prefix++);
    pad(output, '0', zeroes);
    while (count > 0)
        put(output, reversed[--count]);
    if (conversion->left)
        pad(output, ' ', conversion->width - total);
}

static int read_count(const char **format, va_list *arguments)
{
    int count = 0;

    if (**format == '*') {
        (*format)++;
        return va_arg(*arguments, int);
    }
    for (; **format >= '0' && **format <= '9'; (*format)++) {
        if (count < 10000)
            count = count * 10 + (**format - '0');
    }
    return count;
}

static void read_flags(const char **format, struct conversion *conversion)
{
    for (;; (*format)++) {
        switch (**format) {
        case '-': conversion->left = true; break;
        case '0': conversion->zero = true; break;
        case '+': conversion->plus = true; break;
        case '#': conversion->alternate = true; break;
        default: return;
        }
    }
}

static struct conversion read_conversion(const char **format, va_list *arguments)
{
    struct conversion conversion = {.precision = -1};

    read_flags(format, &conversion);
    conversion.width = read_count(format, arguments);
    if (conversion.width < 0) {
        conversion.left = true;
        conversion.width = -conversion.width;
    }
    if (**format == '.') {
        (*format)++;
        conversion.precision = read_count(format, arguments);
    }
    for (; **format == 'l' || **format == 'z' || **format == 'j'; (*format)++)
        conversion.longs++;
    for (; **format == 'h'; (*format)++)
        conversion.halves++;
    conversion.kind = **format;
    if (conversion.kind)
        (*format)++;
    return conversion;
}

static void put_signed(struct output *output, const struct conversion *conversion, int64_t value)
{
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    const char *sign = value < 0 ? "-" : conversion->plus ? "+" : "";

    put_number(output, conversion, magnitude, sign);
}

static uint64_t narrow(const struct conversion *conversion, unsigned int value)
{
    if (conversion->halves >= 2)
        return (uint8_t)value;
    return conversion->halves ? (uint16_t)value : value;
}

static void put_unsigned(struct output *output, const struct conversion *conversion, uint64_t value)
{
    bool prefixed = conversion->alternate && conversion->kind != 'u' && value;

    put_number(output, conversion, value, prefixed ? "0x" : "");
}

static void convert(struct output *output, const struct conversion *conversion, va_list *arguments)
{
    struct conversion pointer = {.precision = -1, .kind = 'x', .alternate = true};

    switch (conversion->kind) {
    case 'd':
    case 'i':
        put_signed(output, conversion,
                   conversion->longs ? va_arg(*arguments, long) : va_arg(*arguments, int));
        break;
    case 'u':
    case 'x':
    case 'X':
        put_unsigned(output, conversion,
                     conversion->longs ? va_arg(*arguments, unsigned long)
                                       : narrow(conversion, va_arg(*arguments, unsigned int)));
        break;
    case 'c': put(output, (char)va_arg(*arguments, int)); break;
    case 's': put_string(output, conversion, va_arg(*arguments, const char *)); break;
    case 'p': put_unsigned(output, &pointer, (uintptr_t)va_arg(*arguments, void *)); break;
    case '%': put(output, '%'); break;
    default: put(output, '?'); break;
    }
}

int vsnprintf(char *to, size_t size, const char *format, va_list arguments)
{
    struct output output = {.to = to, .size = size};
    va_list copy;

    va_copy(copy, arguments);
    for (;;) {
        const char *plain = format;
        struct conversion conversion;

        while (*format && *format != '%')
            format++;
        put_text(&output, plain, (size_t)(format - plain));
        if (!*format)
            break;
        format++;
        conversion = read_conversion(&format, &copy);
        convert(&output, &conversion, &copy);
    }
    va_end(copy);
    if (size)
        to[output.length < size ? output.length : size - 1] = '\0';
    return (int)output.length;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return length;
}
