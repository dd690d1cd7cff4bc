"""The web application: the Streamlit page, the HTTP and WebSocket API, and the 3-D scene."""
