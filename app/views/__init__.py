"""The Streamlit pages, their header, the form for a new training, and the components in which web/ runs."""
