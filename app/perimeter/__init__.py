"""What every request passes before Streamlit or the API sees it: layers, limits, compression, and the limited web
server.
"""
