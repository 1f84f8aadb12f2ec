/* SPDX-License-Identifier: MIT */
/* What loads a board and starts it: U-Boot's script, as text and as an image, and QEMU's command
 * line. */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "make.h"

/* Where distro boot has found the script. */
#define FROM_HERE "load ${devtype} ${devnum}:${distro_bootpart}"

/* U-Boot goes on after a failure, so that what is missing is kept for the end. */
static void write_load(FILE *out, const char *command, const struct make_file *file)
{
    fprintf(out, "%s 0x%llx %s || setenv trefoil_missing \"${trefoil_missing} %s\"\n", command,
            (unsigned long long)file->address, file->name, file->name);
}

void make_write_script(const struct make_board *board, FILE *out)
{
    const char *command = board->load_command ? board->load_command : FROM_HERE;

    fprintf(out, "# Loads Trefoil and its board, and starts it. Made by xl launch make.\n"
                 "setenv trefoil_missing\n");
    write_load(out, command, board->hypervisor);
    write_load(out, command, board->tree);
    for (const struct make_file *file = board->files; file; file = file->next)
        write_load(out, command, file);
    if (board->extra_commands)
        fprintf(out, "%s\n", board->extra_commands);
    fprintf(out, "if test -n \"${trefoil_missing}\"; then echo \"Trefoil is not started, as these "
                 "cannot be loaded:${trefoil_missing}\"; ");
    if (board->no_boot)
        fprintf(out, "fi\n");
    else
        fprintf(out, "else setenv fdt_high 0xffffffffffffffff; booti 0x%llx - 0x%llx; fi\n",
                (unsigned long long)board->hypervisor->address,
                (unsigned long long)board->tree->address);
}

/* ---- U-Boot's legacy image of a script (its header is described in U-Boot's manual, "Legacy
 * uImage"): 64 bytes, the script's length, a zero, the script. Big endian. ---- */

#define IMAGE_HEADER   64
#define IMAGE_MAGIC    0x27051956u
#define IMAGE_LINUX    5
#define IMAGE_ARM64    22
#define IMAGE_SCRIPT   6
#define IMAGE_NAME_AT  32
#define IMAGE_CRC_AT   4
#define IMAGE_SIZE_AT  12
#define IMAGE_DATA_AT  24
#define IMAGE_KIND_AT  28
#define SCRIPT_PREFIX  8
#define CRC_POLYNOMIAL 0xedb88320u

/* The CRC of Ethernet and gzip (ISO 3309). */
static uint32_t crc32(const uint8_t *data, size_t size)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
    }
    return ~crc;
}

static void put32(uint8_t *at, uint32_t value)
{
    for (unsigned int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

uint8_t *make_script_image(const char *script, size_t length, size_t *size)
{
    uint8_t *image = calloc(1, IMAGE_HEADER + SCRIPT_PREFIX + length);
    uint8_t *data;

    if (!image)
        return NULL;
    data = image + IMAGE_HEADER;
    put32(data, (uint32_t)length);
    memcpy(data + SCRIPT_PREFIX, script, length);
    put32(image, IMAGE_MAGIC);
    put32(image + IMAGE_SIZE_AT, (uint32_t)(SCRIPT_PREFIX + length));
    put32(image + IMAGE_DATA_AT, crc32(data, SCRIPT_PREFIX + length));
    image[IMAGE_KIND_AT] = IMAGE_LINUX;
    image[IMAGE_KIND_AT + 1] = IMAGE_ARM64;
    image[IMAGE_KIND_AT + 2] = IMAGE_SCRIPT;
    memcpy(image + IMAGE_NAME_AT, "Trefoil", strlen("Trefoil"));
    put32(image + IMAGE_CRC_AT, crc32(image, IMAGE_HEADER));
    *size = IMAGE_HEADER + SCRIPT_PREFIX + length;
    return image;
}

/* ---- QEMU ---- */

bool make_write_qemu(const struct make_board *board, const void *tree, FILE *out)
{
    struct machine *machine;
    char error[LAUNCH_MESSAGE];
    uint64_t bytes = 0;

    if (fdt_node_check_compatible(tree, 0, "linux,dummy-virt") != 0)
        return false;
    machine = calloc(1, sizeof(*machine));
    if (!machine || !machine_read(tree, machine, error, sizeof(error))) {
        free(machine);
        return false;
    }
    for (unsigned int i = 0; i < machine->nr_banks; i++)
        bytes += machine->banks[i].size;
    fprintf(out,
            "#!/bin/sh\n# Starts the board in QEMU; arguments are more options of it. Made by xl "
            "launch make.\ncd \"$(dirname \"$0\")\" || exit\nexec qemu-system-aarch64 -machine "
            "virt,virtualization=on,gic-version=3 -cpu \"${CPU:-cortex-a57}\" \\\n    -smp %u -m "
            "%llu -nographic -nic none -kernel %s -dtb %s",
            machine->nr_cpus, (unsigned long long)(bytes >> 20), board->hypervisor->name,
            board->tree->name);
    for (const struct make_file *file = board->files; file; file = file->next)
        fprintf(out, " \\\n    -device loader,file=%s,addr=0x%llx,force-raw=on", file->name,
                (unsigned long long)file->address);
    fprintf(out, " \"$@\"\n");
    free(machine);
    return true;
}
