/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "number.h"
#include "permission.h"

static const char letters[] = {
    [RIGHT_NONE] = 'n', [RIGHT_READ] = 'r', [RIGHT_WRITE] = 'w', [RIGHT_BOTH] = 'b'};

static bool is_subject(uint16_t domid, const struct subject *subject)
{
    return domid == subject->domid || (int)domid == subject->target;
}

unsigned int permission_rights(const struct permission *list, unsigned int count,
                               const struct subject *subject)
{
    if (permission_owner(list, subject))
        return RIGHT_BOTH;
    for (unsigned int i = 1; i < count; i++) {
        if (is_subject(list[i].domid, subject))
            return list[i].rights;
    }
    return list[0].rights;
}

bool permission_owner(const struct permission *list, const struct subject *subject)
{
    return subject->privileged || is_subject(list[0].domid, subject);
}

bool permission_parse(const char *text, struct permission *permission)
{
    const char *letter = *text ? memchr(letters, *text, sizeof(letters)) : NULL;
    unsigned int domid = 0;

    if (!letter || !text[1])
        return false;
    for (text++; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        domid = domid * 10 + (unsigned int)(*text - '0');
        if (domid >= DOMAIN_ID_LIMIT)
            return false;
    }
    permission->rights = (uint16_t)(letter - letters);
    permission->domid = (uint16_t)domid;
    return true;
}

size_t permission_format(const struct permission *permission, char *text)
{
    text[0] = letters[permission->rights & 3u];
    return 1 + format_number(permission->domid, text + 1) + 1;
}
