/** The sections `metrics` and `logs` of the configuration: what a worker shows of itself. */
import { z } from 'zod';
import { mustBe } from '../errors/schema-problem.js';
import {
  metricsAddressDefault,
  metricsIntervalMsDefault,
  metricsIntervalMsMax,
  metricsIntervalMsMin,
} from '../limits/config.js';

const prometheusSchema = z.strictObject({
  exporter: z.literal('prometheus'),
  /** An address of this machine, as only numbers are bound, with a port. */
  address: z
    .string()
    .refine(isAddress, { error: (issue) => mustBe(issue, 'an IP address with a port, such as 127.0.0.1:9464') })
    .default(metricsAddressDefault),
});

const otlpSchema = z.strictObject({
  exporter: z.literal('otlp'),
  url: z.string().refine(isCollector, {
    error: (issue) =>
      mustBe(issue, 'the address of a collector such as http://127.0.0.1:4317, without a user name in it'),
  }),
  /** By HTTP to a path such as /v1/metrics, instead of gRPC. */
  protocol: z.enum(['grpc', 'http']).default('grpc'),
  /** Such as the key of whoever keeps the metrics. */
  headers: z.record(z.string().min(1), z.string()).default({}),
  intervalMs: z.coerce
    .number()
    .int()
    .min(metricsIntervalMsMin)
    .max(metricsIntervalMsMax)
    .default(metricsIntervalMsDefault),
});

export const metricsSchema = z.discriminatedUnion('exporter', [prometheusSchema, otlpSchema], {
  error: (issue) => (issue.code === 'invalid_union' ? mustBe(issue, '"prometheus" or "otlp"') : undefined),
});

export const logsSchema = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  format: z.enum(['text', 'json']).default('text'),
});

export type MetricsConfig = z.infer<typeof metricsSchema>;
export type LogsConfig = z.infer<typeof logsSchema>;

/** `1.2.3.4:5` or `[::1]:5`: a name may stand for several addresses. */
function isAddress(text: string): boolean {
  const [, ipv4, ipv6, port] = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([\da-f:.]+)\]):(\d{1,5})$/i.exec(text) ?? [];
  const isHost = ipv6 === undefined ? (ipv4 ?? '').split('.').every((part) => Number(part) <= 255) : true;
  return port !== undefined && isHost && Number(port) >= 1 && Number(port) <= 65_535;
}

function isCollector(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
