# API and worker of Footfall, each an image of its own:
#   docker build --target api -t footfall-api .
#   docker build --target worker -t footfall-worker .

FROM python:3.12-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN groupadd --gid 10001 footfall \
    && useradd --uid 10001 --gid footfall --create-home footfall \
    && install -d -o footfall -g footfall -m 0700 /data
ENV FOOTFALL_DATA_DIR=/data
WORKDIR /src

FROM base AS sources
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY footfall footfall
COPY workflows workflows
COPY activities activities
COPY api api
COPY worker worker

FROM sources AS api
RUN pip install --constraint constraints.txt '.[traces]' && rm -rf /src/*
USER footfall
WORKDIR /data
EXPOSE 8000 9464
CMD ["footfall", "api", "--host", "0.0.0.0"]

FROM sources AS worker
RUN pip install --constraint constraints.txt '.[jac,traces]' && rm -rf /src/*
USER footfall
# Jac compiles itself once for each user, which takes half a minute: here, not at each start.
RUN python -c "import jaclang"
WORKDIR /data
EXPOSE 8081
CMD ["footfall", "worker", "--app", "/app"]
