"""What the server does beside answering: decoding in batches, the queue of background processes, starting the runs that
wait.
"""
