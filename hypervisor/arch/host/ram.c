/* SPDX-License-Identifier: MIT */
/* The machine's RAM: one sparse file, banks one after the other, so that only what is touched costs
 * memory. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <trefoil/arch.h>
#include <trefoil/printk.h>

static struct {
    int fd;
    char *memory;
    uint64_t size;
    struct {
        struct paddr_range range;
        uint64_t offset;
    } banks[MACHINE_MAX_BANKS];
    unsigned int nr_banks;
} ram = {.fd = -1};

static void add_bank(struct paddr_range bank)
{
    ram.banks[ram.nr_banks].range = bank;
    ram.banks[ram.nr_banks++].offset = ram.size;
    ram.size += ALIGN_UP(bank.size, PAGE_SIZE);
}

int host_ram_init(const struct machine *machine)
{
    for (unsigned int i = 0; i < machine->nr_banks; i++)
        add_bank(machine->banks[i]);
    ram.fd = memfd_create("trefoil-ram", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (ram.fd < 0 || ftruncate(ram.fd, (off_t)ram.size) < 0 ||
        fcntl(ram.fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
        return -errno;
    ram.memory =
        mmap(NULL, ram.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, ram.fd, 0);
    return ram.memory == MAP_FAILED ? -errno : 0;
}

int host_ram_file(void)
{
    return ram.fd;
}

void host_ram_byte(uint64_t offset, uint8_t value)
{
    if (offset < ram.size)
        __atomic_store_n(ram.memory + offset, (char)value, __ATOMIC_SEQ_CST);
}

uint64_t host_ram_used(void)
{
    struct stat status;

    return fstat(ram.fd, &status) < 0 ? 0 : (uint64_t)status.st_blocks * 512;
}

bool host_ram_offset(paddr_t paddr, uint64_t *offset)
{
    for (unsigned int i = 0; i < ram.nr_banks; i++) {
        uint64_t inside = paddr - ram.banks[i].range.start;

        if (inside >= ram.banks[i].range.size)
            continue;
        *offset = ram.banks[i].offset + inside;
        return true;
    }
    return false;
}

void *arch_map(paddr_t paddr)
{
    uint64_t offset;

    if (!host_ram_offset(paddr, &offset))
        panic("%#llx is no RAM", (unsigned long long)paddr);
    return ram.memory + offset;
}

paddr_t arch_paddr(const void *address)
{
    uint64_t offset = (uint64_t)((const char *)address - ram.memory);

    for (unsigned int i = 0; i < ram.nr_banks; i++)
        if (offset - ram.banks[i].offset < ram.banks[i].range.size)
            return ram.banks[i].range.start + (offset - ram.banks[i].offset);
    panic("%p is not in RAM", address);
}

/* What is cut out of the file reads as zeroes and costs nothing. */
void arch_scrub(paddr_t start, uint64_t size)
{
    uint64_t offset;

    if (host_ram_offset(start, &offset) &&
        fallocate(ram.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size) <
            0)
        memset(ram.memory + offset, 0, size);
}

/* The twin's caches are coherent. */
void arch_clean_for_guest(const void *address, uint64_t size)
{
    (void)address;
    (void)size;
}

void arch_invalidate_code(void)
{
}

/* No boot loader was here: a domain is made without what it would run. */
const void *arch_module(const struct paddr_range *range)
{
    (void)range;
    return NULL;
}
