#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

/* Starts counting the allocations of the process, from nought. */
void allocation_count_start(void);

/* Stops, and gives the count. */
unsigned long allocation_count_stop(void);

#endif
