# One image for all that is ours: gateway, each worker's role, migrations, demo, crowd. What it does is its command.
# It is made for amd64 and arm64: docker buildx build --platform linux/amd64,linux/arm64 .

FROM node:24.21.0-slim AS manifest
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

# The screens are the same on every machine: they are built once, on the one that builds.
FROM --platform=$BUILDPLATFORM node:24.21.0-slim AS screens
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY contracts contracts
COPY vote-ui vote-ui
COPY admin-ui admin-ui
RUN node_modules/.bin/vite build vote-ui --base / --outDir /app/ui/vote-ui \
  && node_modules/.bin/vite build admin-ui --base /admin/ --outDir /app/ui/admin-ui

# What runs needs no compiler and no services of its own: no development dependencies, and no optional ones, which are
# a Node and a Postgres for machines that have none.
FROM manifest AS modules
RUN npm ci --ignore-scripts --omit=dev --omit=optional

FROM manifest
ARG URNA_COMMIT=""
ENV NODE_ENV=production \
  NODE_OPTIONS=--disable-warning=TimeoutNegativeWarning \
  KAFKAJS_NO_PARTITIONER_WARNING=1 \
  HOST=0.0.0.0 \
  PORT=3000 \
  UI_DIR=/app/ui \
  URNA_COMMIT=$URNA_COMMIT
COPY LICENSE ./
COPY --from=modules /app/node_modules node_modules
COPY --from=screens /app/ui ui
COPY contracts contracts
COPY runtime runtime
COPY sql sql
COPY local local
COPY deploy/image deploy/image
COPY gateway gateway
COPY queue-workers queue-workers
# A volume that is mounted here for the first time takes this owner: the secrets are made by who reads them.
RUN install -d -o node -g node -m 0711 /run/urna /run/urna/tls /run/urna/passwords
# node, by number: who runs it may want to see that it is not root.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "deploy/image/is-ready.ts"]
CMD ["node", "gateway/main.ts"]
