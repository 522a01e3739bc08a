package dev.tcptop.product;

/**
 * How a run of the product ended.
 *
 * @param status its exit status
 */
record Ended(int status, String stdout, String stderr) {}
