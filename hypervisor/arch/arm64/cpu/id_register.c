/* SPDX-License-Identifier: MIT */
#include "id_register.h"
#include <asm/cpu.h>
#include <trefoil/types.h>

enum { U, S };

struct id_field {
    uint8_t crm : 4, op2 : 4;
    uint8_t shift : 7, is_signed : 1;
    int8_t highest;
};

static const struct id_field id_fields[] = {
#define ID_FIELD(crm, op2, field, shift, sign, highest) {crm, op2, shift, sign, highest},
#include "id_register.def"
};

uint64_t id_shown[ID_CRM][ID_OP2];

void id_read(uint64_t own[ID_CRM][ID_OP2])
{
    for (unsigned int i = 0; i < ID_CRM * ID_OP2; i++)
        own[i / ID_OP2][i % ID_OP2] = 0;
        /* Named by encoding: the assembler does not know every name. */
#define ID_REGISTER(crm, op2, name) own[crm][op2] = READ_SYSREG(S3_0_C0_C##crm##_##op2);
#include "id_register.def"
    /* Without AArch32 its registers are unknown (D19.2.61). */
    if ((own[4][0] & 15) < 2) {
        for (unsigned int i = ID_OP2; i < 4 * ID_OP2; i++)
            own[i / ID_OP2][i % ID_OP2] = 0;
    }
}

static int field_value(const struct id_field *field, uint64_t value)
{
    int number = value >> field->shift & 15;

    return field->is_signed && number > 7 ? number - 16 : number;
}

static void field_limit(const struct id_field *field, uint64_t *to, uint64_t value, int highest)
{
    int number = field_value(field, value);

    if (number > highest)
        number = highest;
    *to = (*to & ~(15UL << field->shift)) | (uint64_t)(number & 15) << field->shift;
}

void id_filter(const uint64_t own[ID_CRM][ID_OP2], uint64_t shown[ID_CRM][ID_OP2])
{
    for (unsigned int i = 0; i < ID_CRM * ID_OP2; i++)
        shown[i / ID_OP2][i % ID_OP2] = 0;
    for (unsigned int i = 0; i < ARRAY_SIZE(id_fields); i++) {
        const struct id_field *field = &id_fields[i];

        field_limit(field, &shown[field->crm][field->op2], own[field->crm][field->op2],
                    field->highest);
    }
}

void id_common(uint64_t shown[ID_CRM][ID_OP2], const uint64_t other[ID_CRM][ID_OP2])
{
    for (unsigned int i = 0; i < ARRAY_SIZE(id_fields); i++) {
        const struct id_field *field = &id_fields[i];
        uint64_t *to = &shown[field->crm][field->op2];

        field_limit(field, to, *to, field_value(field, other[field->crm][field->op2]));
    }
}
