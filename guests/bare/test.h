/* SPDX-License-Identifier: MIT */
/*
 * Tests that run as a domain. A test is a function named in tests/tests.def; its first assertion
 * that does not hold ends it. Vcpu 0 runs them with its MMU and caches on (memory as it is, see
 * test_mmu.c), its interrupts on and its GIC as after reset but enabled. A test that takes too long
 * is ended by a timer.
 */
#ifndef TEST_H
#define TEST_H

#include "bare.h"
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/xen.h>

#define PAGE              4096UL
#define MILLISECOND       1000000UL
#define LENGTH(array)     (sizeof(array) / sizeof((array)[0]))
#define TEXT_OF(argument) #argument

/* Runner: test.c. */
_Noreturn void test_failed(const char *file, unsigned int line, const char *what, uint64_t got,
                           uint64_t wanted);
_Noreturn void test_skipped(const char *why);
/* For what would not come back there. */
void test_skipped_on_xen(const char *why);
/* Ends the test that runs, from wherever it is. */
_Noreturn void test_leave(uint64_t result);
void test_abandon(void);
/* Why and where an exception ended the test. */
extern const char *abandoned_because;
extern uint64_t abandoned_at;
uint64_t test_enter(void (*function)(void));

#define CHECK_EQUAL(got, wanted)                                                                   \
    do {                                                                                           \
        uint64_t got_ = (uint64_t)(got), wanted_ = (uint64_t)(wanted);                             \
        if (got_ != wanted_)                                                                       \
            test_failed(__FILE__, __LINE__, #got, got_, wanted_);                                  \
    } while (0)
#define CHECK(condition) CHECK_EQUAL(!!(condition), 1)
/* Waits until the condition holds, not for ever. */
#define CHECK_SOON(condition)                                                                      \
    do {                                                                                           \
        uint64_t until_ = now() + 200 * MILLISECOND;                                               \
        while (!(condition) && now() < until_)                                                     \
            ;                                                                                      \
        CHECK(condition);                                                                          \
    } while (0)

/* What the domain was told on its command line, as name=number. */
unsigned int option(const char *name);
domid_t own_domid(void);

/* Time since the counter's zero, in ns. */
uint64_t now(void);

#define call(number, ...) call_(number, ##__VA_ARGS__, 0, 0, 0, 0)
#define call_(number, a0, a1, a2, a3, ...)                                                         \
    hypercall(number, (uint64_t)(a0), (uint64_t)(a1), (uint64_t)(a2), (uint64_t)(a3))

/* Faults: test_fault.c. */
struct fault {
    bool taken;
    uint64_t esr, far;
};

extern const char guest_start[]; /* of the image, for what is said of addresses */
void fault_begin(void);
struct fault fault_end(void);

/* Runs a statement that may fault; the instruction that does is skipped, a call to where there is
 * nothing returns. */
#define FAULT_OF(...)                                                                              \
    ({                                                                                             \
        fault_begin();                                                                             \
        __VA_ARGS__;                                                                               \
        fault_end();                                                                               \
    })
#define CHECK_UNDEFINED(...)                                                                       \
    do {                                                                                           \
        struct fault fault_ = FAULT_OF(__VA_ARGS__);                                               \
        CHECK(fault_.taken);                                                                       \
        CHECK_EQUAL(fault_.esr >> 26, 0);                                                          \
    } while (0)
/* A synchronous external abort of data, as the bus answers where nothing is. */
#define CHECK_ABORT(...)                                                                           \
    do {                                                                                           \
        struct fault fault_ = FAULT_OF(__VA_ARGS__);                                               \
        CHECK(fault_.taken);                                                                       \
        CHECK_EQUAL(fault_.esr >> 26, 0x25);                                                       \
    } while (0)
#define CHECK_NO_FAULT(...) CHECK(!FAULT_OF(__VA_ARGS__).taken)

/* Memory: test_mmu.c. */
enum window_access { WINDOW_NONE, WINDOW_READ, WINDOW_WRITE, WINDOW_DEVICE };

void mmu_start(void);
void mmu_enable(void);
/* A few virtual pages to map as a test likes; page `index` of 16. */
void *window(unsigned int index);
void window_map(unsigned int index, uint64_t address, enum window_access access);
/* Guest physical pages with nothing in them, 64 of them. */
#define HOLE_GFN ((GUEST_GNTTAB_BASE >> 12) + 0x100)
/* RAM that tests may use, give away and get back: 16 pages. */
extern uint8_t test_pages[16][PAGE];
uint64_t gfn_of_page(unsigned int index);
extern volatile struct shared_info *const shared_info;
extern volatile struct grant_entry_v1 *const grant_entries;

/* The other vcpu: test_cpu.c. */
#define CPUS 2
unsigned int cpu_id(void);
/* PSCI CPU_ON of vcpu 1, which calls the function and then switches itself off. */
int64_t cpu_start(void (*function)(void));
bool cpu_is_off(void);
extern volatile uint64_t cpu_context; /* x0 at its entry */

/* Interrupts: test_interrupt.c. */
#define TIMER_VIRTUAL  27U
#define TIMER_PHYSICAL 30U
#define EVENT_INTID    31U
#define NR_INTIDS      64U
extern volatile unsigned int interrupts[CPUS][NR_INTIDS];          /* taken so far */
extern volatile unsigned int interrupt_order[8], interrupts_taken; /* by vcpu 0 */
/* Called for each interrupt before it is ended; NULL for the usual. */
extern void (*volatile interrupt_hook)(unsigned int intid);
void interrupts_reset(void);
/* Takes what an earlier test left pending and the GIC does not let go of (Xen's ICPENDR does
 * nothing). */
void interrupts_drain(void);
void interrupts_start_cpu(void);
void watchdog_start(unsigned int timer);
void watchdog_stop(void);
void send_sgi(unsigned int intid, uint64_t targets);
uint64_t gicd(unsigned int offset);
uint64_t gicr(unsigned int cpu, unsigned int offset);
void interrupt_enable(unsigned int intid, bool on);
void timer_after(uint64_t ns); /* the virtual one, enabled */

/* Device tree: test_fdt.c. A path's parts match names with or without their unit addresses. */
void fdt_use(const void *fdt);
const void *fdt_property(const char *path, const char *name, uint32_t *size);
uint64_t fdt_cells(const void *property, unsigned int first, unsigned int count);
bool text_equal(const char *one, const char *other);

/* Event channels and grants: test_xen.c. */
extern volatile struct vcpu_info *vcpu_infos[CPUS]; /* where the vcpus' are at present */
void vcpu_infos_reset(void);
int64_t event_op(unsigned int command, void *argument);
int64_t event_close(uint32_t port);
int64_t event_send(uint32_t port);
struct evtchn_status event_status(uint32_t port); /* of a port of the domain's own */
uint32_t event_loop(uint32_t *other);             /* a port of the domain to itself */
uint32_t event_unbound(domid_t remote);
void event_mask(uint32_t port, bool masked);
bool event_pending(uint32_t port);
void event_clear(uint32_t port);
extern uint32_t event_kept; /* a port that outlives tests, or 0 */
void events_reset(void);
int64_t memory_op(unsigned int command, void *argument);
int64_t physmap_add(unsigned int space, uint64_t index, uint64_t gfn);
int64_t physmap_remove(uint64_t gfn);
extern unsigned int grant_ref; /* one that no test has used yet */
void grant(unsigned int ref, domid_t to, uint64_t gfn, unsigned int flags);
int16_t grant_map(domid_t owner, unsigned int ref, unsigned int flags, uint64_t gfn,
                  uint32_t *handle);
int16_t grant_unmap(uint32_t handle, uint64_t gfn);

#define TEST(name, place, watchdog) void test_##name(void);
#include "tests/tests.def"
#undef TEST

#endif
