/* SPDX-License-Identifier: MIT */
/* Networks: what a specification may say, and which nodes one has. */
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"
#include "spec.h"

#define DEFAULT_BRIDGE  "xenbr0"
#define DEFAULT_SCRIPT  LIBXL_SCRIPTS "/vif-bridge"
#define DEFAULT_RATE_US 50000u

static bool take_mac(void *item, const char *value)
{
    struct libxl_nic *nic = item;
    /* The lowest bit of the first byte is that of a group of stations. */
    return libxl_mac_parse(value, nic->mac) && !(nic->mac[0] & 1);
}

static bool take_number(const char *value, unsigned long most, uint32_t *out)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    *out = (uint32_t)number;
    return isdigit((unsigned char)*value) && !*end && number <= most;
}

static bool take_mtu(void *item, const char *value)
{
    struct libxl_nic *nic = item;
    return take_number(value, 65535, &nic->mtu) && nic->mtu >= 68;
}

static bool take_devid(void *item, const char *value)
{
    struct libxl_nic *nic = item;
    return take_number(value, 65535, &nic->device.devid);
}

struct unit {
    const char *name;
    uint64_t times, per; /* times / per */
};

static const struct unit rate_units[] = {
    {"GB/s", 1000000000, 1}, {"MB/s", 1000000, 1},    {"KB/s", 1000, 1},
    {"B/s", 1, 1},           {"Gb/s", 1000000000, 8}, {"Mb/s", 1000000, 8},
    {"Kb/s", 1000, 8},       {"b/s", 1, 8},           {NULL, 0, 0},
};
static const struct unit time_units[] = {
    {"ms", 1000, 1}, {"us", 1, 1}, {"s", 1000000, 1}, {NULL, 0, 0}};

/* A number with a unit, as far as `length`; 0: it is none, or too large. */
static uint64_t parse_unit(const char *text, size_t length, const struct unit *units)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)*text) || number > 1000000000u)
        return 0;
    size_t rest = length - (size_t)(end - text);
    for (; units->name; units++) {
        if (strlen(units->name) == rest && !strncmp(end, units->name, rest))
            return number * units->times / units->per;
    }
    return 0;
}

/* So many bytes in each interval is what a backend is told. */
static bool take_rate(void *item, const char *value)
{
    struct libxl_nic *nic = item;
    size_t length = strcspn(value, "@");
    uint64_t rate = parse_unit(value, length, rate_units);
    uint64_t us = DEFAULT_RATE_US;
    if (value[length])
        us = parse_unit(value + length + 1, strlen(value + length + 1), time_units);
    if (!rate || !us || us > UINT32_MAX)
        return false;
    nic->rate_us = (uint32_t)us;
    nic->rate_bytes = rate / 1000000 * us + rate % 1000000 * us / 1000000;
    return nic->rate_bytes && nic->rate_bytes <= UINT32_MAX;
}

#define TEXT(name_, member)                                                                        \
    {                                                                                              \
        .name = (name_), .how = SPEC_TEXT, .offset = offsetof(struct libxl_nic, member),           \
        .size = sizeof(((struct libxl_nic *)0)->member)                                            \
    }
#define TAKE(name_, take_, takes_)                                                                 \
    {                                                                                              \
        .name = (name_), .how = SPEC_TAKE, .take = (take_), .takes = (takes_)                      \
    }
#define IGNORED(name_)                                                                             \
    {                                                                                              \
        .name = (name_), .how = SPEC_IGNORED                                                       \
    }

static const struct spec_key keys[] = {
    TAKE("mac", take_mac, "is one station's address, such as 00:16:3e:12:34:56"),
    TEXT("bridge", bridge),
    TEXT("script", script),
    TEXT("backend", device.backend),
    TEXT("vifname", ifname),
    TEXT("ip", ip),
    TEXT("gatewaydev", gatewaydev),
    TEXT("netdev", gatewaydev),
    TAKE("rate", take_rate, "is bytes or bits a second, such as 10MB/s, 8Mb/s or 1MB/s@20ms"),
    TAKE("mtu", take_mtu, "is 68 to 65535"),
    TAKE("devid", take_devid, "is 0 to 65535"),
    IGNORED("type"),
    IGNORED("model"),
    {0},
};

static const struct spec_syntax syntax = {"vif", keys, 0, NULL};

void libxl_nic_init(struct libxl_nic *nic)
{
    *nic = (struct libxl_nic){.device = {.kind = LIBXL_NIC, .devid = UINT32_MAX},
                              .bridge = DEFAULT_BRIDGE};
}

enum libxl_code libxl_nic_parse(struct libxl_ctx *ctx, const char *const *specs, size_t count,
                                struct libxl_nic *nic)
{
    struct spec_seen seen = {0};
    enum libxl_code code = LIBXL_OK;
    for (size_t i = 0; i < count && !code; i++)
        code = libxl_spec_read(ctx, &syntax, specs[i], nic, &seen);
    return code;
}

/* ---- Nodes ---- */

static void write_nic(const void *item, struct node_list *back, struct node_list *front)
{
    const struct libxl_nic *nic = item;
    char mac[18];
    libxl_mac_format(nic->mac, mac);
    libxl_node(back, "mac", "%s", mac);
    libxl_node(back, "handle", "%u", nic->device.devid);
    libxl_node(back, "bridge", "%s", nic->bridge);
    libxl_node(back, "script", "%s", *nic->script ? nic->script : DEFAULT_SCRIPT);
    libxl_node(back, "type", "vif");
    libxl_node(back, "hotplug-status", "%s", "");
    if (*nic->ifname)
        libxl_node(back, "vifname", "%s", nic->ifname);
    if (*nic->ip)
        libxl_node(back, "ip", "%s", nic->ip);
    if (*nic->gatewaydev)
        libxl_node(back, "gatewaydev", "%s", nic->gatewaydev);
    if (nic->rate_bytes)
        libxl_node(back, "rate", "%llu,%u", (unsigned long long)nic->rate_bytes, nic->rate_us);
    if (nic->mtu) {
        libxl_node(back, "mtu", "%u", nic->mtu);
        libxl_node(front, "mtu", "%u", nic->mtu);
    }
    libxl_node(front, "handle", "%u", nic->device.devid);
    libxl_node(front, "mac", "%s", mac);
}

static void read_nic(const struct node_reader *reader, void *item)
{
    struct libxl_nic *nic = item;
    char text[LIBXL_SCRIPT_MAX];
    unsigned long long bytes;
    libxl_nic_init(nic);
    nic->bridge[0] = '\0';
    if (libxl_node_read(reader, "mac", text, sizeof(text)))
        libxl_mac_parse(text, nic->mac);
    libxl_node_read(reader, "bridge", nic->bridge, sizeof(nic->bridge));
    libxl_node_read(reader, "vifname", nic->ifname, sizeof(nic->ifname));
    libxl_node_read(reader, "ip", nic->ip, sizeof(nic->ip));
    libxl_node_read(reader, "gatewaydev", nic->gatewaydev, sizeof(nic->gatewaydev));
    if (libxl_node_read(reader, "mtu", text, sizeof(text)))
        nic->mtu = (uint32_t)strtoul(text, NULL, 10);
    if (libxl_node_read(reader, "rate", text, sizeof(text)) &&
        sscanf(text, "%llu,%u", &bytes, &nic->rate_us) == 2)
        nic->rate_bytes = bytes;
    if (libxl_node_read(reader, "script", text, sizeof(text)) && strcmp(text, DEFAULT_SCRIPT) != 0)
        snprintf(nic->script, sizeof(nic->script), "%s", text);
}

const struct device_kind libxl_kind_nic = {
    .name = "vif",
    .noun = "network",
    .size = sizeof(struct libxl_nic),
    .write = write_nic,
    .read = read_nic,
};
