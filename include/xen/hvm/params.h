/* SPDX-License-Identifier: MIT */
/* Indexes of HVMOP_set_param and HVMOP_get_param. */
#ifndef XEN_HVM_PARAMS_H
#define XEN_HVM_PARAMS_H

#include <xen/hvm/hvm_op.h>

/* How the guest is told of events: the type in the top byte, the rest depends on it. */
#define HVM_PARAM_CALLBACK_IRQ                     0
#define HVM_PARAM_CALLBACK_TYPE_GSI                0
#define HVM_PARAM_CALLBACK_TYPE_PCI_INTX           1
#define HVM_PARAM_CALLBACK_TYPE_PPI                2
#define HVM_PARAM_CALLBACK_IRQ_TYPE_MASK           0xff00000000000000ULL
#define HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_MASK      0xff00
#define HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_LOW_LEVEL 2

#define HVM_PARAM_STORE_PFN             1
#define HVM_PARAM_STORE_EVTCHN          2
#define HVM_PARAM_IOREQ_PFN             5
#define HVM_PARAM_BUFIOREQ_PFN          6
#define HVM_PARAM_DM_DOMAIN             13
#define HVM_PARAM_CONSOLE_PFN           17
#define HVM_PARAM_CONSOLE_EVTCHN        18
#define HVM_PARAM_BUFIOREQ_EVTCHN       26
#define HVM_PARAM_PAGING_RING_PFN       27
#define HVM_PARAM_MONITOR_RING_PFN      28
#define HVM_PARAM_SHARING_RING_PFN      29
#define HVM_PARAM_IOREQ_SERVER_PFN      32
#define HVM_PARAM_NR_IOREQ_SERVER_PAGES 33
#define HVM_PARAM_ALTP2M                35
#define HVM_NR_PARAMS                   39

#endif
