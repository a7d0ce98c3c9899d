/** The section `worker` of the configuration: what a worker process takes upon itself. */
import { z } from 'zod';
import { workKinds } from '../domain/work-kinds.js';
import { mustBe } from '../errors/schema-problem.js';
import { shutdownGraceMsDefault, shutdownGraceMsMax, slotsDefault, slotsMax } from '../limits/config.js';

const slots = z.coerce.number().int().min(1).max(slotsMax);

export const workerSchema = z
  .strictObject({
    /** The kinds of work that it takes; another process has to take the others. */
    serves: z
      .array(z.enum(workKinds))
      .min(1)
      .default([...workKinds]),
    /** How many activities of each kind run at once. */
    slots: z
      .strictObject({
        control: slots.default(slotsDefault.control),
        follow: slots.default(slotsDefault.follow),
        work: slots.default(slotsDefault.work),
        /** How many of those of `work` are on one cluster at once; a move is on two. All where it is absent. */
        workPerCluster: slots.optional(),
      })
      .prefault({}),
    /** The only clusters that it works on, of those in the file; all where it is absent. */
    clusters: z
      .array(z.string())
      .min(1, { error: (issue) => mustBe(issue, 'a list of clusters, or left out') })
      .optional(),
    /** How long what runs may go on when the process is asked to end; then it is stopped at a checkpoint. */
    shutdownGraceMs: z.coerce.number().int().min(0).max(shutdownGraceMsMax).default(shutdownGraceMsDefault),
  })
  .prefault({});
