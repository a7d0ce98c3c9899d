# A worker as an image: docker build -t switchyard .
# glibc, since the native part of Temporal's SDK has no build for musl.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --ignore-scripts && npm run -s build

FROM node:24-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The SDK brings its native part for every platform: one of them is needed here.
RUN npm ci --omit=dev --ignore-scripts \
 && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "*linux*" -exec rm -r {} +

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=modules /app ./
COPY --from=build /build/dist ./dist
COPY LICENSE ./
USER node
# The configuration has metrics on this port (ops/compose/switchyard.yaml): they are there as soon as the worker is.
EXPOSE 9464
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/metrics').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The worker is the first process, and hears SIGTERM: it is gone within 12 s.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/worker.js"]
CMD ["--config", "/etc/switchyard/switchyard.yaml"]
