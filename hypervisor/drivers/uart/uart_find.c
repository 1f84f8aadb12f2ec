/* SPDX-License-Identifier: MIT */
/* The driver for the machine's UART, by its compatible string. */
#include "uart.h"
#include <trefoil/uart.h>

static const struct {
    const char *compatible;
    const struct uart_driver *driver;
} drivers[] = {
#define UART(compatible, driver) {compatible, &driver},
#include "uart.def"
#undef UART
};

bool uart_init(const struct machine_uart *machine_uart)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(drivers); i++) {
        if (!machine_uart_compatible(machine_uart, drivers[i].compatible))
            continue;
        uart_use(drivers[i].driver, machine_uart);
        return true;
    }
    return false;
}
