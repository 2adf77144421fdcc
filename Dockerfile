# syntax=docker/dockerfile:1
# Masdar for processors: no PyTorch, no GPU. Two stages: what builds stays out of what runs.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/masdar
ENV PATH=/opt/masdar/bin:$PATH
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY indexer indexer
COPY service service
COPY eval eval
# qdrant: the index on a server; llm: a language model that writes answers. Others are in pyproject.toml.
ARG EXTRAS=qdrant,llm
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --disable-pip-version-check --constraint constraints.txt ".[${EXTRAS}]" \
    && pip uninstall --yes --quiet pip

FROM python:3.13-slim-bookworm
RUN groupadd --system --gid 10001 masdar \
    && useradd --system --uid 10001 --gid masdar --home-dir /data --shell /usr/sbin/nologin masdar \
    && install --directory --owner=masdar --group=masdar /data /cache
COPY --from=build /opt/masdar /opt/masdar
COPY samples/articles.jsonl /opt/masdar/samples/articles.jsonl
# /data: the index where it is a folder, keys, feedback, articles on their way. /cache: the model as it was built.
ENV PATH=/opt/masdar/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    MASDAR_STORE=/data/store \
    MASDAR_KEYS=/data/keys.json \
    MASDAR_CACHE=/cache \
    MASDAR_HOST=0.0.0.0 \
    MASDAR_PORT=8000
WORKDIR /data
USER 10001:10001
VOLUME ["/data", "/cache"]
EXPOSE 8000
# Ready: the index is open, the model is loaded and a question was answered. The first start builds the model.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["masdar"]
CMD ["serve"]
