/* SPDX-License-Identifier: MIT */
#ifndef CONSOLE_FAKE_STORE_H
#define CONSOLE_FAKE_STORE_H

void fake_store_reset(void);

#endif
