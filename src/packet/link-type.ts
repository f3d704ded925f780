/** Link types as libpcap numbers them (https://www.tcpdump.org/linktypes.html): those that the decoder knows. */

/** BSD loopback: the family in the byte order of the host that captured. */
export const NULL_LOOPBACK = 0;
export const ETHERNET = 1;
/** Raw IP of either version. 12 and 14 are what DLT_RAW is on the BSDs; capture files say 101. */
export const RAW_12 = 12;
export const RAW_14 = 14;
export const RAW = 101;
/** OpenBSD loopback: the family in network byte order. */
export const LOOP = 108;
export const LINUX_SLL = 113;
export const RAW_IPV4 = 228;
export const RAW_IPV6 = 229;
export const LINUX_SLL2 = 276;
