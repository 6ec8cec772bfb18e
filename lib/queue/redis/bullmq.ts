/**
 * As much of BullMQ and of ioredis as is used here. BullMQ keeps the queue in Redis by scripts that run there, so that no
 * job is lost or done twice, whoever dies when.
 */
import type { JobData, JobProgress, JobResult } from "../job.ts";

/** A connection to Redis: ioredis. */
export interface RedisClient {
  status: string;
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  duplicate(options?: RedisClientOptions): RedisClient;
  ping(): Promise<string>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string, unit: "EX", seconds: number): Promise<unknown>;
  incrbyfloat(key: string, amount: number): Promise<string>;
  exists(key: string): Promise<number>;
  del(key: string): Promise<number>;
  hset(key: string, field: string, value: string): Promise<number>;
  hdel(key: string, field: string): Promise<number>;
  hgetall(key: string): Promise<Record<string, string>>;
  zadd(key: string, score: number, member: string): Promise<unknown>;
  zrem(key: string, member: string): Promise<number>;
  zrangebyscore(
    key: string,
    from: "-inf",
    to: number,
    word: "LIMIT",
    offset: number,
    count: number,
  ): Promise<string[]>;
  publish(channel: string, message: string): Promise<number>;
  subscribe(channel: string): Promise<unknown>;
  config(action: "GET", name: string): Promise<string[]>;
  on(event: "message", listener: (channel: string, message: string) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "ready" | "close" | "end", listener: () => void): unknown;
  off(event: string, listener: unknown): unknown;
}

/** How ioredis connects. */
export interface RedisClientOptions {
  readonly lazyConnect?: boolean;
  /** How often a command is tried over new connections; `null` for ever. */
  readonly maxRetriesPerRequest?: number | null;
  readonly connectTimeout?: number;
  readonly disableClientInfo?: boolean;
  /** Milliseconds to wait before the next connection, or `null` for none. */
  readonly retryStrategy?: (times: number) => number | null;
}

/** What becomes of a job. */
export type JobState =
  | "completed"
  | "failed"
  | "delayed"
  | "active"
  | "waiting"
  | "prioritized"
  | "waiting-children"
  | "unknown";

/** States of jobs that are at their end, or gone. */
export const ENDED_STATES: readonly JobState[] = ["completed", "failed", "unknown"];

/** How a job is done. */
export interface BullJobOptions {
  readonly jobId?: string;
  readonly priority?: number;
  readonly delay?: number;
  readonly attempts?: number;
  readonly backoff?: { readonly type: "exponential"; readonly delay: number; readonly jitter?: number };
  /** Removed at its end; else it stays. An age would be that of all jobs of the queue, when this one ends. */
  readonly removeOnComplete?: true;
  readonly removeOnFail?: { readonly age: number } | true;
  /** What it is part of. */
  readonly parent?: { readonly id: string; readonly queue: string };
  /** Whether that goes on when this has failed for good. */
  readonly continueParentOnFailure?: boolean;
}

/** A job as BullMQ holds it. */
export interface BullJob<Data = JobData, Result = JobResult> {
  readonly id: string;
  readonly name: string;
  readonly data: Data;
  readonly opts: BullJobOptions;
  readonly progress: JobProgress | number;
  readonly returnvalue: Result | null;
  readonly failedReason?: string;
  /** How often it was tried and failed, or done. */
  readonly attemptsMade: number;
  /** How often it was begun. */
  readonly attemptsStarted: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly processedOn?: number;
  readonly finishedOn?: number;
  /** What it is part of. */
  readonly parent?: { readonly id: string; readonly queueKey: string };
  updateProgress(progress: JobProgress): Promise<void>;
  updateData(data: Data): Promise<void>;
  getState(): Promise<JobState>;
  /** @throws when it is at work, or one of its parts is that are removed with it. */
  remove(options?: { readonly removeChildren?: boolean }): Promise<void>;
  retry(
    state: "failed",
    options: { resetAttemptsMade: boolean; resetAttemptsStarted: boolean },
  ): Promise<void>;
  moveToWait(token: string): Promise<unknown>;
  moveToDelayed(timestamp: number, token: string): Promise<void>;
  moveToWaitingChildren(token: string): Promise<boolean>;
  readonly queueQualifiedName: string;
  /** The jobs that are part of it, by their keys: what those gave that are done, and why those failed that have. */
  getDependencies(): Promise<{
    readonly processed?: Readonly<Record<string, Result>>;
    readonly unprocessed?: readonly string[];
    readonly failed?: readonly string[];
    readonly ignored?: Readonly<Record<string, string>>;
  }>;
  removeUnprocessedChildren(): Promise<void>;
}

/** The jobs that wait, run, are done or have failed. */
export interface BullQueue {
  readonly qualifiedName: string;
  add(name: string, data: JobData, options: BullJobOptions): Promise<BullJob>;
  /** All of them, or none. */
  addBulk(jobs: readonly { name: string; data: JobData; opts: BullJobOptions }[]): Promise<BullJob[]>;
  getJob(id: string): Promise<BullJob | undefined>;
  getJobState(id: string): Promise<JobState>;
  getJobs(states: readonly JobState[], start: number, end: number, ascending: boolean): Promise<BullJob[]>;
  getJobCounts(...states: JobState[]): Promise<Record<string, number>>;
  getMetrics(kind: "completed" | "failed", start: number, end: number): Promise<{
    readonly meta: { readonly count: number };
    /** By the minute, the newest first. */
    readonly data: readonly number[];
  }>;
  getWorkersCount(): Promise<number>;
  clean(grace: number, limit: number, state: "completed" | "failed"): Promise<string[]>;
  on(event: "error", listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

/** What happens in a queue, as Redis tells all who ask. */
export interface BullEvents {
  setMaxListeners(count: number): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: string, listener: (happened: BullEvent) => void): unknown;
  off(event: string, listener: (happened: BullEvent) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

/** Something that happened to a job. */
export interface BullEvent {
  readonly jobId: string;
  /** Of `completed`. */
  readonly returnvalue?: JobResult;
  /** Of `failed`. */
  readonly failedReason?: string;
  /** Of `progress`. */
  readonly data?: JobProgress;
}

/** What takes jobs. */
export interface BullWorker {
  readonly id: string;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "stalled", listener: (id: string) => void): unknown;
  on(event: "completed", listener: (job: BullJob, result: JobResult) => void): unknown;
  on(event: "failed", listener: (job: BullJob | undefined, error: Error) => void): unknown;
  on(event: "lockRenewalFailed", listener: (ids: readonly string[]) => void): unknown;
  run(): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
}

interface BullBase {
  readonly connection: RedisClient;
  readonly prefix: string;
  readonly skipVersionCheck: boolean;
}

interface BullWorkerOptions extends BullBase {
  readonly autorun: boolean;
  readonly concurrency: number;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
  readonly runRetryDelay: number;
  readonly drainDelay: number;
  readonly metrics: { readonly maxDataPoints: number };
}

/** As much of BullMQ as is used here. */
export interface BullMq {
  Queue: new (
    name: string,
    options: BullBase & { readonly streams: { readonly events: { readonly maxLen: number } } },
  ) => BullQueue;
  QueueEvents: new (name: string, options: BullBase) => BullEvents;
  Worker: new (
    name: string,
    process: (job: BullJob, token: string, signal: AbortSignal) => Promise<JobResult>,
    options: BullWorkerOptions,
  ) => BullWorker;
  UnrecoverableError: new (message: string) => Error;
  WaitingError: new () => Error;
  WaitingChildrenError: new () => Error;
  DelayedError: new () => Error;
}

/** As much of ioredis as is used here. */
export interface IoRedis {
  Redis: new (url: string, options: RedisClientOptions) => RedisClient;
}
