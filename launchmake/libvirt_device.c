/* SPDX-License-Identifier: MIT */
/* Disks and networks of libvirt's, as specifications of xl's. */
#include <string.h>

#include "device.h"
#include "libvirt.h"

#define MAX_WORDS 8

struct words {
    const struct libvirt_reading *reading;
    const char *word[MAX_WORDS];
    int count;
    bool wrong;
};

/* Takes commas as they are, which only the last word may have. */
static void add_last_word(struct words *words, const char *key, const char *value)
{
    size_t size = strlen(key) + strlen(value) + 2;
    char *word = make_allocate(words->reading->board, size);

    words->wrong |= !word;
    if (!word)
        return;
    snprintf(word, size, "%s=%s", key, value);
    words->word[words->count++] = word;
}

/* Nothing, where it is not said. A comma would begin another word. */
static void add_word(struct words *words, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    if (strchr(value, ',')) {
        make_say(words->reading->board, MAKE_ERROR, words->reading->element->place,
                 words->reading->key, "\"%.80s\": has a comma", value);
        words->wrong = true;
        return;
    }
    add_last_word(words, key, value);
}

static const char *value_of(const struct libvirt_reading *reading, const char *child,
                            const char *attribute)
{
    return element_attribute(element_child(reading->element, child), attribute);
}

static struct device_reading device_of(const struct libvirt_reading *reading)
{
    return (struct device_reading){reading->board, reading->domain, reading->ctx,
                                   reading->element->place, reading->key};
}

/* What is served; NULL after a message. */
static const char *source_of(const struct libvirt_reading *reading)
{
    const char *type = element_attribute(reading->element, "type");
    const char *source = NULL;

    if (!type || strcmp(type, "file") == 0)
        source = value_of(reading, "source", "file");
    else if (strcmp(type, "block") == 0)
        source = value_of(reading, "source", "dev");
    else
        libvirt_say(reading, MAKE_ERROR, "only a file or a block device can be served");
    if (!source && (!type || strcmp(type, "file") == 0 || strcmp(type, "block") == 0))
        libvirt_say(reading, MAKE_ERROR, "has no source");
    return source;
}

void libvirt_disk(const struct libvirt_reading *reading)
{
    const struct device_reading device = device_of(reading);
    struct words words = {.reading = reading};
    const char *source = source_of(reading), *name = value_of(reading, "target", "dev");

    if (!name)
        libvirt_say(reading, MAKE_ERROR, "has no target");
    if (!source || !name)
        return;
    add_word(&words, "devtype", element_attribute(reading->element, "device"));
    add_word(&words, "format", value_of(reading, "driver", "type"));
    add_word(&words, "vdev", name);
    add_word(&words, "access", element_child(reading->element, "readonly") ? "r" : "w");
    add_word(&words, "script", value_of(reading, "script", "path"));
    add_last_word(&words, "target", source);
    if (!words.wrong)
        device_add_disk(&device, words.word, words.count);
}

void libvirt_network(const struct libvirt_reading *reading)
{
    const struct device_reading device = device_of(reading);
    struct words words = {.reading = reading};
    const char *type = element_attribute(reading->element, "type");
    const char *name = value_of(reading, "target", "dev");

    if (type && strcmp(type, "network") == 0) {
        libvirt_say(reading, MAKE_ERROR,
                    "which bridge a network of libvirt's has is not known here: type bridge says "
                    "one");
        return;
    }
    if (!type || (strcmp(type, "bridge") != 0 && strcmp(type, "ethernet") != 0)) {
        libvirt_say(reading, MAKE_ERROR, "only what is on a bridge can be served");
        return;
    }
    add_word(&words, "mac", value_of(reading, "mac", "address"));
    add_word(&words, "bridge", value_of(reading, "source", "bridge"));
    add_word(&words, "script", value_of(reading, "script", "path"));
    /* Names that begin so are what libvirt found, when the domain ran. */
    if (name && strncmp(name, "vif", 3) != 0)
        add_word(&words, "vifname", name);
    if (!words.wrong)
        device_add_network(&device, words.word, words.count);
}
