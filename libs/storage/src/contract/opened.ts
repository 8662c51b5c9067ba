/** Stores under test, and how to let go of them. */
export type Opened<Stores> = Stores & { close(): Promise<void> };
export type Open<Stores> = () => Promise<Opened<Stores>>;
