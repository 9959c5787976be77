"""What a target is: a network, file, module or script. Imports files and protocol; executes nothing."""
