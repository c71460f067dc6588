# The image of a CI job that brings the embedded engine; .ci/engine makes it.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN command -v git && [ -f /etc/ssl/certs/ca-certificates.crt ] || \
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*; }
ARG ENGINE
ADD ${ENGINE}.tar.gz /opt
# Called once, the launcher knows that its programs are whole and are those of its sources.
RUN ln -s "/opt/${ENGINE}/pipeline" /usr/local/bin/pipeline && ln -s pipeline /usr/local/bin/dagger && pipeline version
# Layers can be stacked there: not on the file system of a container. A volume is open to all; the engine makes a
# directory of its own in it.
VOLUME /var/lib/pipeline
ENV PIPELINE_STATE_DIR=/var/lib/pipeline/state
# The container ends with its job: the state is in memory, where there is enough of it.
ENV PIPELINE_KEEP=nothing
CMD ["/bin/sh"]
