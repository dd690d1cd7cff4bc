# One image for GPU and CPU hosts: torch's wheels bring their CUDA libraries, the host brings the driver.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    EXPLORER_HOME=/data HOME=/tmp

# Korean words in films are drawn with a font of the system.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-nanum && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/manifold-explorer
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY model model
COPY app app
COPY assets assets

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin explorer && install -d -o explorer -g explorer /data
USER explorer
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "app", "--address", "0.0.0.0", "--port", "8501"]
