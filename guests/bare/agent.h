/* SPDX-License-Identifier: MIT */
/*
 * The other domain of a pair: it does what its mailbox says, one request after the other. The
 * mailbox is a page of the agent's, granted to the tester; the tester maps it.
 */
#ifndef AGENT_H
#define AGENT_H

#include "test.h"

#define AGENT_REF   8U
#define AGENT_MAGIC 0x7472656666696c65UL

/* Requests besides hypercalls, whose number is theirs. */
#define AGENT_PEEK (UINT64_MAX - 1) /* the 64 bits at args[0] */
#define AGENT_POKE (UINT64_MAX - 2) /* args[1] to args[0], args[2] bytes */

struct mailbox {
    volatile uint64_t magic;
    volatile uint64_t address; /* of this page, as the agent has it */
    volatile uint64_t shared_info, grant_entries, spare_page;
    volatile uint32_t port;
    volatile uint64_t request, answer; /* the same number when there is nothing to do */
    volatile uint64_t number, args[4];
    volatile int64_t result;
    uint8_t data[1024] __attribute__((aligned(512)));
};

/* Does not return. */
void agent_serve(void);

/* The tester's side. */
bool agent_connect(void);
extern struct mailbox *mailbox;
int64_t agent_call(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);
/* Only posts the request; agent_wait() is its result. */
void agent_post(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);
int64_t agent_wait(void);
/* Where the agent has what is at `offset` of the mailbox's data. */
uint64_t agent_data(unsigned int offset);
domid_t agent_domid(void);

#endif
