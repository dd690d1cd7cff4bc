# One image for GPU and CPU hosts: torch's wheels bring their CUDA libraries, the host brings the driver.
FROM python:3.11-slim

# OPENBLAS: NumPy and SciPy start a thread per core each, in every process, which on a large host would use up --pids-limit.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    EXPLORER_HOME=/data HOME=/tmp OPENBLAS_NUM_THREADS=4

# Korean words in films are drawn with a font of the system.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-nanum && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/manifold-explorer
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY model model
COPY app app
COPY assets assets

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin explorer && install -d -o explorer -g explorer /data
USER explorer
VOLUME /data
EXPOSE 8501
# The question passes through the thread pool and the decoder: a server that only accepts connections is not healthy.
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/api/health', timeout=12)"]
CMD ["python", "-m", "app", "--address", "0.0.0.0", "--port", "8501"]
