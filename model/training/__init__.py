"""The training: objectives, the loop and its state, the process that runs it, and the folder of the model that it
leaves.
"""
