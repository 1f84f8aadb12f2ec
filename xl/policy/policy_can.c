/* SPDX-License-Identifier: MIT */
/* Questions about the policy in plain words: who can read whose memory, and by what. */
#include <stdio.h>
#include <string.h>

#include "data.h"
#include "policy.h"

static const struct verb {
    const char *word, *verb, *what;
} verbs[] = {
#define VERB(word, verb, what) {#word, verb, what},
#include "can.def"
};

static const struct way {
    const char *word;
    enum policy_operation operation, counterpart; /* OP_COUNT: none */
    const char *text;                             /* NULL: shared memory */
} ways[] = {
#define WAY(word, operation, counterpart, text) {#word, OP_##operation, counterpart, text},
#define DEVICES(word, text)                     {#word, OP_COUNT, OP_COUNT, text},
#define SHARED(word)                            {#word, OP_COUNT, OP_COUNT, NULL},
#include "can.def"
};

#define NR_VERBS (sizeof(verbs) / sizeof(verbs[0]))
#define NR_WAYS  (sizeof(ways) / sizeof(ways[0]))

struct answer {
    const char *text, *operation, *abi;
    bool allowed;
};

#define FIELD(member, kind_, name_)                                                                \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_##kind_, .offset = offsetof(struct answer, member),    \
        .size = sizeof(((struct answer *)0)->member)                                               \
    }

const struct libxl_field xl_policy_answer_fields[] = {
    FIELD(text, POINTER, "way"),
    FIELD(operation, POINTER, "operation"),
    FIELD(abi, POINTER, "abi"),
    FIELD(allowed, BOOL, "allowed"),
    {.name = NULL},
};

struct question {
    enum policy_id policy;
    const struct verb *verb;
    struct party subject, target;
    struct bond bond, back; /* what the target is to the subject, and the reverse */
    char shared[REGIONS_TEXT_MAX + 48];
};

static bool may(const struct question *question, enum policy_operation operation,
                const struct party *subject, const struct party *target, const struct bond *bond)
{
    return policy_decide(question->policy, operation, subject->roles, target->roles,
                         policy_relation_of(operation, target, bond));
}

/* Its devices' DMA asks no table. */
static bool has_devices(const struct question *question)
{
    return question->subject.roles & ROLE_HARDWARE;
}

static bool is_open(const struct question *question, const struct way *way)
{
    if (!way->text)
        return true;
    if (way->operation == OP_COUNT)
        return has_devices(question);
    if (way->operation == OP_evtchn_send && !question->bond.channels && !question->bond.is_subject)
        return false;
    return may(question, way->operation, &question->subject, &question->target, &question->bond) &&
           (way->counterpart == OP_COUNT || may(question, way->counterpart, &question->target,
                                                &question->subject, &question->back));
}

/* Fills out[NR_WAYS]; returns how many there are, and whether one is open. */
static size_t look(const struct question *question, struct answer *out, bool *can)
{
    size_t count = 0;
    *can = false;
    for (size_t i = 0; i < NR_WAYS; i++) {
        const struct way *way = &ways[i];
        bool by_table = way->operation != OP_COUNT;
        if (strcmp(way->word, question->verb->word) != 0 ||
            (!way->text && !question->bond.regions[0]))
            continue;
        out[count] = (struct answer){
            .text = way->text ? way->text : question->shared,
            .operation = by_table ? policy_row(way->operation)->name : "",
            .abi = by_table ? policy_row(way->operation)->abi : "",
            .allowed = is_open(question, way),
        };
        *can |= out[count++].allowed;
    }
    return count;
}

static void print_answers(const struct question *question, const struct answer *answers,
                          size_t count, bool can)
{
    char subject[PARTY_TEXT_MAX], target[PARTY_TEXT_MAX];
    policy_describe_party(&question->subject, subject);
    policy_describe_party(&question->target, target);
    printf("%s: %s can%s %s %s%s, under the policy %s\n", can ? "YES" : "NO", subject,
           can ? "" : "not", question->verb->verb, question->verb->what, target,
           policy_name(question->policy));
    for (size_t i = 0; i < count; i++)
        printf("  %-3s  %s%s%s%s\n", answers[i].allowed ? "yes" : "no", answers[i].text,
               *answers[i].abi ? ": " : "", answers[i].abi,
               answers[i].allowed || *answers[i].abi ? "" : " (it drives none)");
}

/* A device that the tree passes to a domain is nothing that a role shows. */
static void print_note(const struct question *question)
{
    for (size_t i = 0; i < NR_WAYS; i++) {
        if (ways[i].operation == OP_COUNT && ways[i].text &&
            !strcmp(ways[i].word, question->verb->word) && !has_devices(question))
            printf("Not counted: a device that the device tree passes to it could, by DMA.\n");
    }
}

static const struct verb *find_verb(const char *word)
{
    for (size_t i = 0; i < NR_VERBS; i++) {
        if (!strcmp(verbs[i].word, word))
            return &verbs[i];
    }
    return NULL;
}

static void describe_shared(struct question *question)
{
    snprintf(question->shared, sizeof(question->shared), "what both have, by shared memory %s",
             question->bond.regions);
}

static int ask(const struct xl_call *call, struct question *question)
{
    if (!policy_find_party(call->argv[0], &question->subject) ||
        !policy_find_party(call->argv[2], &question->target))
        return XL_FAILED;
    if (!question->subject.exists || !question->target.exists)
        return xl_fail_with("Domain '%s' does not exist.",
                            call->argv[question->subject.exists ? 2 : 0]);
    return policy_find_bond(&question->subject, &question->target, &question->bond) &&
                   policy_find_bond(&question->target, &question->subject, &question->back)
               ? XL_OK
               : XL_FAILED;
}

const char *xl_policy_verb(unsigned int verb)
{
    return verb < NR_VERBS ? verbs[verb].word : NULL;
}

/* Of memory, whether it is all of it, whatever the other does. */
static bool is_whole(const struct way *way)
{
    return way->operation == OP_memory_foreign_map || (way->operation == OP_COUNT && way->text);
}

static bool reaches_all(const struct question *question)
{
    for (size_t i = 0; i < NR_WAYS; i++) {
        if (!strcmp(ways[i].word, question->verb->word) && is_whole(&ways[i]) &&
            is_open(question, &ways[i]))
            return true;
    }
    return false;
}

bool xl_policy_reach(enum policy_id policy, const struct party *subject, const struct party *target,
                     struct reach *reach)
{
    struct question question = {.policy = policy, .subject = *subject, .target = *target};
    struct answer answers[NR_WAYS];
    *reach = (struct reach){0};
    if (!policy_find_bond(subject, target, &question.bond) ||
        !policy_find_bond(target, subject, &question.back))
        return false;
    describe_shared(&question);
    for (unsigned int i = 0; i < NR_VERBS; i++) {
        bool can;
        question.verb = &verbs[i];
        look(&question, answers, &can);
        if (can)
            reach->verbs |= 1u << i;
        if (reaches_all(&question))
            reach->whole |= 1u << i;
    }
    return true;
}

int xl_policy_can(const struct xl_call *call, enum policy_id policy)
{
    struct question question = {.policy = policy};
    struct answer answers[NR_WAYS];
    bool can;
    if (call->argc != 3) {
        xl_fail_with("A question is a subject, a verb and a target: --can hardware read app.");
        return XL_USAGE;
    }
    question.verb = find_verb(call->argv[1]);
    if (!question.verb) {
        xl_fail_with("'%s' is no verb that is known: " POLICY_VERBS ".", call->argv[1]);
        return XL_USAGE;
    }
    if (ask(call, &question) != XL_OK)
        return XL_FAILED;
    describe_shared(&question);
    size_t count = look(&question, answers, &can);
    const struct libxl_data data = {"ways",  "way", xl_policy_answer_fields,
                                    answers, count, sizeof(answers[0])};
    if (xl_wants_data(call, 'j')) {
        if (xl_print_data(call, &data) != XL_OK)
            return XL_FAILED;
    } else {
        print_answers(&question, answers, count, can);
        print_note(&question);
    }
    return can ? XL_OK : XL_DENIED;
}
