# The manager in a container: its services run in the same container, as child processes.
# Another base with Node 24.12 or newer: --build-arg BASE=…
ARG BASE=docker.io/library/node:24-slim
FROM ${BASE}
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image brings its Node.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY src src
COPY schemas schemas
COPY templates templates
ENV NODE_ENV=production \
    BACKEND_ENVIRONMENT=process \
    DESIRED_DIR=/etc/mcp-manager/desired \
    STATE_DIR=/var/lib/mcp-manager
RUN mkdir -p /etc/mcp-manager/desired /var/lib/mcp-manager && chown 1000:1000 /var/lib/mcp-manager
USER 1000:1000
VOLUME /var/lib/mcp-manager
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["node", "src/main.ts", "health"]
CMD ["node", "src/main.ts", "run"]
