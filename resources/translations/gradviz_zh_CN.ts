<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name />
    <message>
        <source>theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>go on from the last checkpoint of a recorded run</source>
        <translation>从记录的运行的最后一个检查点继续</translation>
    </message>
    <message>
        <source>keep a checkpoint in the recorded run each N iterations</source>
        <translation>每 N 次迭代在记录的运行中保留一个检查点</translation>
    </message>
    <message>
        <source>--checkpoint-every must be 1 or more, and needs a run that is recorded, without --no-record.</source>
        <translation>--checkpoint-every 必须不小于 1，并且需要记录运行，不能带 --no-record。</translation>
    </message>
    <message>
        <source>Name a TARGET to train, or a run to go on with: --resume ID.</source>
        <translation>指出要训练的 TARGET，或要继续的运行：--resume ID。</translation>
    </message>
    <message>
        <source>A run that is resumed goes on as it was; leave out --optimizer, --lr and --set.</source>
        <translation>恢复的运行照原样继续；去掉 --optimizer、--lr 和 --set。</translation>
    </message>
    <message>
        <source>Run {run} has no checkpoint to go on from; --checkpoint-every N keeps them.</source>
        <translation>运行 {run} 没有可以继续的检查点；--checkpoint-every N 会保留检查点。</translation>
    </message>
    <message>
        <source>That run trained {title}; leave out the target.</source>
        <translation>那个运行训练的是 {title}；去掉目标。</translation>
    </message>
    <message>
        <source>Its checkpoint is of iteration {step} already; ask for more with --steps.</source>
        <translation>它的检查点已到第 {step} 次迭代；用 --steps 要求更多。</translation>
    </message>
    <message>
        <source>gradviz: What the model keeps in {names} is in no checkpoint.</source>
        <translation>gradviz：模型在 {names} 中保存的内容不在任何检查点里。</translation>
    </message>
    <message>
        <source>optimizers, with options as SGD:momentum=0.9 (the network's own)</source>
        <translation>优化器，选项写作 SGD:momentum=0.9（默认为网络自带的）</translation>
    </message>
    <message>
        <source>learning rates (the optimizer's own)</source>
        <translation>学习率（默认为优化器自带的）</translation>
    </message>
    <message>
        <source>seeds (0)</source>
        <translation>随机种子 (0)</translation>
    </message>
    <message>
        <source>iterations of each run (500)</source>
        <translation>每个运行的迭代次数 (500)</translation>
    </message>
    <message>
        <source>loss to reach (one that all come down to)</source>
        <translation>要达到的损失（默认为各运行都降到的值）</translation>
    </message>
    <message>
        <source>runs at the same time (one a core)</source>
        <translation>同时进行的运行数（默认每个核心一个）</translation>
    </message>
    <message>
        <source>print JSON, one object a line</source>
        <translation>输出 JSON，每行一个对象</translation>
    </message>
    <message>
        <source>do not record the runs</source>
        <translation>不记录这些运行</translation>
    </message>
    <message>
        <source>--steps must be 1 or more, not {steps}.</source>
        <translation>--steps 必须大于等于 1，而不是 {steps}。</translation>
    </message>
    <message>
        <source>--at-once must be 1 or more, not {count}.</source>
        <translation>--at-once 必须不小于 1，而不是 {count}。</translation>
    </message>
    <message>
        <source>--threshold must be a finite number, not {value}.</source>
        <translation>--threshold 必须是有限的数，而不是 {value}。</translation>
    </message>
    <message>
        <source>--seed must be from 0 to {largest}, not {seed}.</source>
        <translation>--seed 必须在 0 到 {largest} 之间，而不是 {seed}。</translation>
    </message>
    <message>
        <source>{title} is a training script, which sets optimizer and seed itself; compare a factory.</source>
        <translation>{title} 是训练脚本，优化器和种子由它自己设定；请比较一个工厂函数。</translation>
    </message>
    <message>
        <source>Name the optimizer that the learning rates are for, with --optimizer.</source>
        <translation>用 --optimizer 指出这些学习率属于哪个优化器。</translation>
    </message>
    <message>
        <source>Say which optimizer the options are for, with --optimizer.</source>
        <translation>请用 --optimizer 指明这些选项属于哪个优化器。</translation>
    </message>
    <message>
        <source>wrote {path}</source>
        <translation>已写入 {path}</translation>
    </message>
    <message>
        <source>removed {path}</source>
        <translation>已删除 {path}</translation>
    </message>
    <message>
        <source>gradviz is not in the menu of this desktop</source>
        <translation>gradviz 不在此桌面的菜单中</translation>
    </message>
    <message>
        <source>gradviz desktop writes the menu entry of a Linux desktop; elsewhere, start gradviz from a terminal.</source>
        <translation>gradviz desktop 只为 Linux 桌面写入菜单项；在其他系统上，请从终端启动 gradviz。</translation>
    </message>
    <message>
        <source>run gradviz on a desktop, through ssh -X, or under xvfb-run; gradviz run and gradviz render need no screen</source>
        <translation>请在桌面环境中、通过 ssh -X 或在 xvfb-run 下运行 gradviz；gradviz run 和 gradviz render 不需要屏幕</translation>
    </message>
    <message>
        <source>There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): {remedy}.</source>
        <translation>这里没有屏幕（DISPLAY 和 WAYLAND_DISPLAY 都没有设置）：{remedy}。</translation>
    </message>
    <message>
        <source>There is no screen here (DISPLAY is {display}, and nothing answers there): {remedy}.</source>
        <translation>这里没有屏幕（DISPLAY 为 {display}，但那里没有响应）：{remedy}。</translation>
    </message>
    <message>
        <source>a distribution called gradviz {version} is installed, whose files are in the same folder</source>
        <translation>已安装名为 gradviz {version} 的另一个发行包，它的文件与本程序在同一文件夹中</translation>
    </message>
    <message>
        <source>python -m pip uninstall gradviz, then install gradviz-desktop again</source>
        <translation>先运行 python -m pip uninstall gradviz，再重新安装 gradviz-desktop</translation>
    </message>
    <message>
        <source>reinstall it: python -m pip install --force torch</source>
        <translation>请重新安装：python -m pip install --force torch</translation>
    </message>
    <message>
        <source>check the GPU's driver; cpu works without</source>
        <translation>请检查 GPU 驱动；没有它也可以用 cpu</translation>
    </message>
    <message>
        <source>{sentence}; the window cannot open</source>
        <translation>{sentence}；窗口无法打开</translation>
    </message>
    <message>
        <source>{value} does not start</source>
        <translation>{value} 无法启动</translation>
    </message>
    <message>
        <source>: {missing} missing</source>
        <translation>：缺少 {missing}</translation>
    </message>
    <message>
        <source>its wheels carry Graphviz: python -m pip install --force-reinstall --only-binary :all: pygraphviz</source>
        <translation>它的 wheel 自带 Graphviz：python -m pip install --force-reinstall --only-binary :all: pygraphviz</translation>
    </message>
    <message>
        <source>{missing} missing</source>
        <translation>缺少 {missing}</translation>
    </message>
    <message>
        <source>reinstall gradviz</source>
        <translation>请重新安装 gradviz</translation>
    </message>
    <message>
        <source>fonts and icons are in place</source>
        <translation>字体和图标都在</translation>
    </message>
    <message>
        <source>no answer in {patience:.0f} seconds</source>
        <translation>{patience:.0f} 秒内没有响应</translation>
    </message>
    <message>
        <source>it ended without a word</source>
        <translation>它没有任何输出就结束了</translation>
    </message>
    <message>
        <source>reinstall it: python -m pip install --force-reinstall PySide6-Essentials</source>
        <translation>请重新安装：python -m pip install --force-reinstall PySide6-Essentials</translation>
    </message>
    <message>
        <source>Lesson {number} of {count}</source>
        <translation>第 {number}/{count} 课</translation>
    </message>
    <message>
        <source>New here</source>
        <translation>新概念</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>In the window: gradviz {name}</source>
        <translation>在窗口中：gradviz {name}</translation>
    </message>
    <message>
        <source>At a prompt (F11 is step, F8 phase, F5 continue): gradviz debug {name}</source>
        <translation>在提示符下（F11 对应 step，F8 对应 phase，F5 对应 continue）：gradviz debug {name}</translation>
    </message>
    <message>
        <source>a hyperparameter of the network (n=32) or, if the network has none of that name, an option of its optimizer (momentum=0.9, betas=0.9,0.99); can be given more than once</source>
        <translation>网络的超参数（n=32）；网络没有这个名字时，是其优化器的选项（momentum=0.9, betas=0.9,0.99）；可以多次给出</translation>
    </message>
    <message>
        <source>a network's id (gradviz networks lists them), FILE.py:FACTORY, package.module:FACTORY (build by default), or an exported program FILE.pt2; files are executed</source>
        <translation>网络的 id（gradviz networks 可列出）、FILE.py:FACTORY、package.module:FACTORY（默认为 build），或导出的程序 FILE.pt2；文件会被执行</translation>
    </message>
    <message>
        <source>TARGET is a network's id, FILE.py:FACTORY or package.module:FACTORY (build by default), an exported program FILE.pt2, or a training script with its arguments.</source>
        <translation>TARGET 是网络的 id、FILE.py:FACTORY 或 package.module:FACTORY（默认为 build）、导出的程序 FILE.pt2，或训练脚本及其参数。</translation>
    </message>
    <message>
        <source>print one JSON object a line for every iteration, with step (from 0) and loss in full precision; a loss that is not finite is the string "NaN", "Infinity" or "-Infinity"</source>
        <translation>每次迭代输出一行 JSON 对象，包含 step（从 0 开始）和全精度的 loss；非有限的损失写成字符串 "NaN"、"Infinity" 或 "-Infinity"</translation>
    </message>
    <message>
        <source>the learning rate; by default the network's own, or, with an optimizer that scales the gradient itself and is not the network's own, torch's default for it</source>
        <translation>学习率；默认为网络自己的学习率；如果优化器会自行缩放梯度且不是网络自己的优化器，则默认为 torch 的默认值</translation>
    </message>
    <message>
        <source>{prog}: {message} (see {prog} --help)</source>
        <translation>{prog}：{message}（参见 {prog} --help）</translation>
    </message>
    <message>
        <source>gradviz: {filename} cannot be used: {strerror}.</source>
        <translation>gradviz：无法使用 {filename}：{strerror}。</translation>
    </message>
    <message>
        <source>gradviz: Standard output cannot be written: {value}.</source>
        <translation>gradviz：无法写入标准输出：{value}。</translation>
    </message>
    <message>
        <source>command or network</source>
        <translation>命令或网络</translation>
    </message>
    <message>
        <source>A desktop debugger for PyTorch's autograd. Without a command, the window opens, with TARGET if it is given.</source>
        <translation>PyTorch 自动求导的桌面调试器。不带命令时打开窗口；给出 TARGET 时打开它。</translation>
    </message>
    <message>
        <source>open the window with a network; what follows a script's name is handed to the script</source>
        <translation>在窗口中打开网络；脚本名之后的内容会传给脚本</translation>
    </message>
    <message>
        <source>open the window with a network</source>
        <translation>在窗口中打开网络</translation>
    </message>
    <message>
        <source>print a lesson; without its number, list all</source>
        <translation>输出一课的内容；不给编号时列出全部</translation>
    </message>
    <message>
        <source>the number of a lesson, or the id of its network</source>
        <translation>课程的编号，或其网络的 id</translation>
    </message>
    <message>
        <source>list the built-in networks</source>
        <translation>列出内置网络</translation>
    </message>
    <message>
        <source>list the devices that torch can use here</source>
        <translation>列出 torch 在本机可用的设备</translation>
    </message>
    <message>
        <source>list the optimizers of this torch, with their options</source>
        <translation>列出当前 torch 的优化器及其选项</translation>
    </message>
    <message>
        <source>say what works on this machine, and the cure for what does not</source>
        <translation>说明本机上哪些功能正常，不正常的给出解决办法</translation>
    </message>
    <message>
        <source>train without a window</source>
        <translation>不开窗口训练</translation>
    </message>
    <message>
        <source>Train without a window or Qt.</source>
        <translation>不使用窗口和 Qt 进行训练。</translation>
    </message>
    <message>
        <source>iterations to train (500; a script: to its end)</source>
        <translation>训练的迭代次数（500；脚本：直到结束）</translation>
    </message>
    <message>
        <source>an optimizer of torch.optim, or Manual</source>
        <translation>torch.optim 的优化器，或 Manual</translation>
    </message>
    <message>
        <source>print each N-th loss (100)</source>
        <translation>每 N 次迭代输出一次损失（100）</translation>
    </message>
    <message>
        <source>step through training in this terminal, or from a script</source>
        <translation>在终端里或由脚本单步执行训练</translation>
    </message>
    <message>
        <source>Step through forward and backward in this terminal; with --json, from a script.</source>
        <translation>在终端里单步执行前向和反向；加 --json 时由脚本控制。</translation>
    </message>
    <message>
        <source>iterations that continue runs to (500)</source>
        <translation>continue 运行到的迭代次数（500）</translation>
    </message>
    <message>
        <source>take commands and give events as JSON, one object a line</source>
        <translation>以 JSON 接收命令、给出事件，每行一个对象</translation>
    </message>
    <message>
        <source>draw the graph to a file</source>
        <translation>把计算图画到文件</translation>
    </message>
    <message>
        <source>Run one forward and draw its graph to a file.</source>
        <translation>运行一次前向，把计算图画到文件。</translation>
    </message>
    <message>
        <source>FILE.svg, .pdf, .png, .dot or .json says the format</source>
        <translation>FILE.svg、.pdf、.png、.dot 或 .json，由扩展名决定格式</translation>
    </message>
    <message>
        <source>open modules down to this depth, fold the rest</source>
        <translation>展开模块到这个深度，其余折叠</translation>
    </message>
    <message>
        <source>open all modules</source>
        <translation>展开所有模块</translation>
    </message>
    <message>
        <source>light, or dark</source>
        <translation>light 或 dark</translation>
    </message>
    <message>
        <source>size of a .png (2: 200 %%)</source>
        <translation>.png 的大小（2：200 %%）</translation>
    </message>
    <message>
        <source>a line above the graph</source>
        <translation>计算图上方的一行文字</translation>
    </message>
    <message>
        <source>list, show and delete recorded runs</source>
        <translation>列出、查看和删除记录的运行</translation>
    </message>
    <message>
        <source>compare optimizers, learning rates and seeds, an engine each</source>
        <translation>比较优化器、学习率和种子，每个运行一个引擎</translation>
    </message>
    <message>
        <source>put gradviz into the menu of a Linux desktop, with its icon and file types</source>
        <translation>把 gradviz 连同图标和文件类型加入 Linux 桌面的菜单</translation>
    </message>
    <message>
        <source>write them into your data folder</source>
        <translation>写入你的数据文件夹</translation>
    </message>
    <message>
        <source>remove them again</source>
        <translation>再将其删除</translation>
    </message>
    <message>
        <source>of random, numpy and torch (0)</source>
        <translation>random、numpy 和 torch 的随机种子（0）</translation>
    </message>
    <message>
        <source>A script keeps its own checkpoints; --resume is for networks and factories.</source>
        <translation>脚本自己保存检查点；--resume 用于网络和工厂函数。</translation>
    </message>
    <message>
        <source>--steps must be 0 or more, not {steps}.</source>
        <translation>--steps 必须大于等于 0，而不是 {steps}。</translation>
    </message>
    <message>
        <source>--every must be 1 or more, not {every}.</source>
        <translation>--every 必须大于等于 1，而不是 {every}。</translation>
    </message>
    <message>
        <source>--depth must be 0 or more, not {depth}.</source>
        <translation>--depth 必须大于等于 0，而不是 {depth}。</translation>
    </message>
    <message>
        <source>{title} is no training script, so it takes no {value!r}; --set gives a factory its hyperparameters.</source>
        <translation>{title} 不是训练脚本，所以不接受 {value!r}；用 --set 给工厂函数传超参数。</translation>
    </message>
    <message>
        <source>{value:&lt;11} the update written in the network's own file: lr</source>
        <translation>{value:&lt;11} 网络自己的文件里写的更新：lr</translation>
    </message>
    <message>
        <source>a Python, or the folder of an environment, whose torch and packages are used (gradviz's own)</source>
        <translation>一个 Python，或某个环境的文件夹，使用其中的 torch 和软件包（默认为 gradviz 自己的）</translation>
    </message>
    <message>
        <source>--python needs the path of a Python, or of an environment's folder.</source>
        <translation>--python 需要一个 Python 的路径，或某个环境的文件夹。</translation>
    </message>
    <message>
        <source>--python is an option of open, run and debug alone.</source>
        <translation>--python 只是 open、run 和 debug 的选项。</translation>
    </message>
    <message>
        <source>The window needs libraries that this system lacks: {missing}. {remedy}.</source>
        <translation>窗口需要本系统缺少的库：{missing}。{remedy}。</translation>
    </message>
    <message>
        <source>install the system's {packages} (on Debian and Ubuntu: apt-get install {arguments})</source>
        <translation>请安装系统的 {packages}（Debian 和 Ubuntu：apt-get install {arguments}）</translation>
    </message>
    <message>
        <source>{text} recorded no graph.</source>
        <translation>{text} 没有记录到计算图。</translation>
    </message>
    <message>
        <source>{path} cannot be written: {strerror}.</source>
        <translation>无法写入 {path}：{strerror}。</translation>
    </message>
    <message>
        <source>{path} must end in {join} or .{formats}.</source>
        <translation>{path} 的扩展名必须是 {join} 或 .{formats}。</translation>
    </message>
    <message>
        <source>{title} never called backward(), so there is no iteration to show.</source>
        <translation>{title} 从未调用 backward()，所以没有可以显示的迭代。</translation>
    </message>
    <message>
        <source>There is not enough memory for {target}; make it smaller with --set.</source>
        <translation>内存不足以运行 {target}；用 --set 把它调小。</translation>
    </message>
    <message>
        <source>{step} {loss:.9g} ({count} evaluations, the last {last:.9g})</source>
        <translation>{step} {loss:.9g}（{count} 次求值，最后一次 {last:.9g}）</translation>
    </message>
    <message>
        <source>Standard output cannot be written: {strerror}.</source>
        <translation>无法写入标准输出：{strerror}。</translation>
    </message>
    <message>
        <source>{title} is a training script, which sets this itself; leave out {option}, and put the script's own arguments behind --.</source>
        <translation>{title} 是训练脚本，由它自己设置；去掉 {option}，把脚本自己的参数放在 -- 之后。</translation>
    </message>
    <message>
        <source>--set takes KEY=VALUE, not {text!r}.</source>
        <translation>--set 的格式是 KEY=VALUE，而不是 {text!r}。</translation>
    </message>
    <message>
        <source>optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>hyperparameter of {target} or option of {optimizer}</source>
        <translation>{target} 的超参数或 {optimizer} 的选项</translation>
    </message>
    <message>
        <source>one number</source>
        <translation>一个数</translation>
    </message>
    <message>
        <source>the run's id, its first or last letters, or its name</source>
        <translation>运行的 id、它开头或结尾的几个字母，或它的名称</translation>
    </message>
    <message>
        <source>remove runs that ended so many days ago (90)</source>
        <translation>移除多少天以前结束的运行 (90)</translation>
    </message>
    <message>
        <source>remove the oldest runs while all are larger (2048)</source>
        <translation>总量超过时移除最旧的运行 (2048)</translation>
    </message>
    <message>
        <source>No runs are recorded in {folder}.</source>
        <translation>{folder} 中没有记录的运行。</translation>
    </message>
    <message>
        <source>{id} was deleted; gradviz runs restore {id} brings it back for some days.</source>
        <translation>{id} 已删除；几天之内 gradviz runs restore {id} 可以恢复它。</translation>
    </message>
    <message>
        <source>{id} was restored.</source>
        <translation>{id} 已恢复。</translation>
    </message>
    <message>
        <source>There is nothing to remove.</source>
        <translation>没有可移除的。</translation>
    </message>
    <message>
        <source>list the recorded runs, the newest first</source>
        <translation>列出记录的运行，最新的在前</translation>
    </message>
    <message>
        <source>show what is known of a run</source>
        <translation>显示一个运行的全部信息</translation>
    </message>
    <message>
        <source>name, tag, note or color a run</source>
        <translation>为运行设置名称、标签、备注或颜色</translation>
    </message>
    <message>
        <source>delete a run; it can be restored for some days</source>
        <translation>删除一个运行；几天之内可以恢复</translation>
    </message>
    <message>
        <source>bring a deleted run back</source>
        <translation>恢复已删除的运行</translation>
    </message>
    <message>
        <source>write a run for another program</source>
        <translation>为其他程序写出一个运行</translation>
    </message>
    <message>
        <source>record runs of files of other programs</source>
        <translation>记录其他程序文件中的运行</translation>
    </message>
    <message>
        <source>remove old runs without tag, note and checkpoint</source>
        <translation>移除没有标签、备注和检查点的旧运行</translation>
    </message>
    <message>
        <source>began</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>iterations</source>
        <translation>迭代</translation>
    </message>
    <message>
        <source>last</source>
        <translation>最后</translation>
    </message>
    <message>
        <source>best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>state</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>the name of the recorded run</source>
        <translation>所记录运行的名称</translation>
    </message>
    <message>
        <source>do not record the run</source>
        <translation>不记录这个运行</translation>
    </message>
    <message>
        <source>{variable} must be a number, not {text!r}.</source>
        <translation>{variable} 必须是数，而不是 {text!r}。</translation>
    </message>
    <message>
        <source>what to call it; '' for no name</source>
        <translation>它的名称；'' 表示没有名称</translation>
    </message>
    <message>
        <source>add a tag; can be given again</source>
        <translation>添加一个标签；可以多次给出</translation>
    </message>
    <message>
        <source>remove a tag</source>
        <translation>删除一个标签</translation>
    </message>
    <message>
        <source>what to remember of it; '' for no note</source>
        <translation>要记下的内容；'' 表示没有备注</translation>
    </message>
    <message>
        <source>of its curve: #rrggbb, or blue, green, …; '' for the plot's own</source>
        <translation>曲线的颜色：#rrggbb，或 blue、green 等；'' 表示使用图表自己的颜色</translation>
    </message>
    <message>
        <source>Say what to change: --name, --tag, --untag, --note or --color.</source>
        <translation>请说明要更改什么：--name、--tag、--untag、--note 或 --color。</translation>
    </message>
    <message>
        <source>{text!r} is no color; write #rrggbb, or one of {names}.</source>
        <translation>{text!r} 不是颜色；请写 #rrggbb，或 {names} 之一。</translation>
    </message>
    <message>
        <source>FILE.csv, FILE.parquet, or a folder for TensorBoard, which gets a folder for the run</source>
        <translation>FILE.csv、FILE.parquet，或 TensorBoard 的文件夹，其中会为该运行建立一个文件夹</translation>
    </message>
    <message>
        <source>FILE.csv, FILE.parquet, an event file of TensorBoard, or a folder of such</source>
        <translation>FILE.csv、FILE.parquet、TensorBoard 的事件文件，或这类文件的文件夹</translation>
    </message>
    <message>
        <source>{count:,} points</source>
        <translation>{count:,} 个点</translation>
    </message>
    <message>
        <source>Standard input cannot be read: {strerror}.</source>
        <translation>无法读取标准输入：{strerror}。</translation>
    </message>
    <message>
        <source>Which parameters gradient reaches is known when the forward is over.</source>
        <translation>前向结束后才知道梯度到达哪些参数。</translation>
    </message>
    <message>
        <source>Nothing is open yet.</source>
        <translation>还没有打开任何内容。</translation>
    </message>
    <message>
        <source>It is running; pause it first.</source>
        <translation>正在运行；请先暂停。</translation>
    </message>
    <message>
        <source>Iteration {step} has not run yet; there is 0 to {last}.</source>
        <translation>第 {step} 次迭代还没有运行；已有 0 到 {last}。</translation>
    </message>
    <message>
        <source>The run ended with an error; restart begins a new one.</source>
        <translation>运行因错误而结束；restart 开始新的运行。</translation>
    </message>
    <message>
        <source>No script is paused behind a trap that it met; break on one first, and run.</source>
        <translation>没有因脚本触发陷阱而暂停；先设置一个陷阱断点，再运行。</translation>
    </message>
    <message>
        <source>This is not the engine that was started.</source>
        <translation>这不是所启动的引擎。</translation>
    </message>
    <message>
        <source>The engine cannot be reached</source>
        <translation>无法连接引擎</translation>
    </message>
    <message>
        <source>no port of 127.0.0.1 ({error}).</source>
        <translation>127.0.0.1 上没有可用端口（{error}）。</translation>
    </message>
    <message>
        <source>The engine could not be started</source>
        <translation>无法启动引擎</translation>
    </message>
    <message>
        <source>The engine is of another version</source>
        <translation>引擎是另一个版本</translation>
    </message>
    <message>
        <source>The engine cannot be understood</source>
        <translation>无法理解引擎</translation>
    </message>
    <message>
        <source>The engine cannot run in this Python</source>
        <translation>引擎无法在此 Python 中运行</translation>
    </message>
    <message>
        <source>signal {number}</source>
        <translation>信号 {number}</translation>
    </message>
    <message>
        <source>The engine was killed (SIGKILL)</source>
        <translation>引擎被杀死 (SIGKILL)</translation>
    </message>
    <message>
        <source>It may have run out of memory.</source>
        <translation>可能是内存耗尽。</translation>
    </message>
    <message>
        <source>The engine crashed ({signal})</source>
        <translation>引擎崩溃（{signal}）</translation>
    </message>
    <message>
        <source>Native code gave up.</source>
        <translation>本机代码中止。</translation>
    </message>
    <message>
        <source>The engine failed (exit code {code})</source>
        <translation>引擎失败（退出码 {code}）</translation>
    </message>
    <message>
        <source>An error in gradviz, not in your code; its output ends with the traceback.</source>
        <translation>是 gradviz 的错误，不是你代码的错误；它的输出以回溯信息结尾。</translation>
    </message>
    <message>
        <source>The engine ended before it was ready (exit code {code})</source>
        <translation>引擎在就绪之前结束（退出码 {code}）</translation>
    </message>
    <message>
        <source>Its output may say why; `gradviz doctor` checks this machine.</source>
        <translation>它的输出可能说明原因；`gradviz doctor` 可检查本机。</translation>
    </message>
    <message>
        <source>The engine ended (exit code {code})</source>
        <translation>引擎已结束（退出码 {code}）</translation>
    </message>
    <message>
        <source>The network's code may have left Python.</source>
        <translation>网络的代码可能退出了 Python。</translation>
    </message>
    <message>
        <source>There is no Python at {path}; name the python of an environment, or the environment's folder.</source>
        <translation>{path} 处没有 Python；请给出某个环境的 python，或该环境的文件夹。</translation>
    </message>
    <message>
        <source>{python} is older than Python {oldest}; choose an environment with a newer one.</source>
        <translation>{python} 比 Python {oldest} 旧；请选择带有更新版本的环境。</translation>
    </message>
    <message>
        <source>{python} lacks {modules}, which gradviz needs there; install: {command}.</source>
        <translation>{python} 缺少 gradviz 在其中需要的 {modules}；请安装：{command}。</translation>
    </message>
    <message>
        <source>{python} does not start: {error}.</source>
        <translation>{python} 无法启动：{error}。</translation>
    </message>
    <message>
        <source>exit status {status}</source>
        <translation>退出状态 {status}</translation>
    </message>
    <message>
        <source>The iterations that were set are done.</source>
        <translation>设定的迭代已完成。</translation>
    </message>
    <message>
        <source>{optimizer} from {step}</source>
        <translation>从 {step} 起用 {optimizer}</translation>
    </message>
    <message>
        <source>{title}, again from {step}</source>
        <translation>{title}，从第 {step} 次迭代再来</translation>
    </message>
    <message>
        <source>goes on from run {run}</source>
        <translation>接续运行 {run}</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>随机种子 {seed}</translation>
    </message>
    <message>
        <source>There is no graph behind this: give a tensor that was computed from one with requires_grad=True.</source>
        <translation>它后面没有计算图：请给出一个由 requires_grad=True 的张量计算得到的张量。</translation>
    </message>
    <message>
        <source>gradviz.engine is started by the gradviz window; run gradviz instead.</source>
        <translation>gradviz.engine 由 gradviz 窗口启动；请改为运行 gradviz。</translation>
    </message>
    <message>
        <source>The slope of √x, 1 / (2 √x), is infinite where x is 0.</source>
        <translation>√x 的斜率 1 / (2 √x) 在 x 为 0 时是无穷大。</translation>
    </message>
    <message>
        <source>The slope of 1 / √x is infinite where x is 0.</source>
        <translation>1 / √x 的斜率在 x 为 0 时是无穷大。</translation>
    </message>
    <message>
        <source>The slope of log x, 1 / x, is infinite where x is 0.</source>
        <translation>log x 的斜率 1 / x 在 x 为 0 时是无穷大。</translation>
    </message>
    <message>
        <source>The slope of log(1 + x) is infinite where x is −1.</source>
        <translation>log(1 + x) 的斜率在 x 为 −1 时是无穷大。</translation>
    </message>
    <message>
        <source>The slope of 1 / x, −1 / x², is infinite where x is 0.</source>
        <translation>1 / x 的斜率 −1 / x² 在 x 为 0 时是无穷大。</translation>
    </message>
    <message>
        <source>The slopes of a / b, 1 / b and −a / b², are infinite where b is 0.</source>
        <translation>a / b 的斜率 1 / b 和 −a / b² 在 b 为 0 时是无穷大。</translation>
    </message>
    <message>
        <source>The slope of asin and acos, 1 / √(1 − x²), is infinite where x is −1 or 1.</source>
        <translation>asin 和 acos 的斜率 1 / √(1 − x²) 在 x 为 −1 或 1 时是无穷大。</translation>
    </message>
    <message>
        <source>The slope of atanh, 1 / (1 − x²), is infinite at −1 and 1.</source>
        <translation>atanh 的斜率 1 / (1 − x²) 在 −1 和 1 处是无穷大。</translation>
    </message>
    <message>
        <source>The slope of acosh, 1 / √(x² − 1), is infinite where x is 1.</source>
        <translation>acosh 的斜率 1 / √(x² − 1) 在 x 为 1 时是无穷大。</translation>
    </message>
    <message>
        <source>The slope of logit, 1 / (x (1 − x)), is infinite where x is 0 or 1.</source>
        <translation>logit 的斜率 1 / (x (1 − x)) 在 x 为 0 或 1 时是无穷大。</translation>
    </message>
    <message>
        <source>The slope of erfinv is infinite at −1 and 1.</source>
        <translation>erfinv 的斜率在 −1 和 1 处是无穷大。</translation>
    </message>
    <message>
        <source>The slope of x to a power below 1 is infinite where x is 0.</source>
        <translation>x 的幂次小于 1 时，斜率在 x 为 0 处是无穷大。</translation>
    </message>
    <message>
        <source>A negative x to a power that is no integer has no slope.</source>
        <translation>负数 x 的非整数次幂没有斜率。</translation>
    </message>
    <message>
        <source>A norm of 0 has no direction: its slope there is x / 0. {count} of {total} norms are 0.</source>
        <translation>范数 0 没有方向：它在那里的斜率是 x / 0。{total} 个范数中有 {count} 个为 0。</translation>
    </message>
    <message>
        <source>The deviation of a single number divides by n − 1 = 0.</source>
        <translation>单个数的标准差要除以 n − 1 = 0。</translation>
    </message>
    <message>
        <source>A deviation of 0 has an infinite slope: {count} of {total} are of equal numbers.</source>
        <translation>标准差为 0 时斜率是无穷大：{total} 个中有 {count} 个由相等的数得出。</translation>
    </message>
    <message>
        <source>atan2 has no slope at (0, 0): {count} elements.</source>
        <translation>atan2 在 (0, 0) 处没有斜率：{count} 个元素。</translation>
    </message>
    <message>
        <source>The derivative divides by the differences of eigenvalues or singular values: two of them are equal.</source>
        <translation>导数要除以特征值或奇异值之差：其中有两个相等。</translation>
    </message>
    <message>
        <source>The variance is 0 and eps is 0: the slope divides by 0.</source>
        <translation>方差为 0，eps 也为 0：斜率要除以 0。</translation>
    </message>
    <message>
        <source>The gradient that comes there is 0, since {chooser} takes another value; but 0 · ∞ is NaN.</source>
        <translation>到达那里的梯度是 0，因为 {chooser} 取了另一个值；但 0 · ∞ 是 NaN。</translation>
    </message>
    <message>
        <source>The gradient that comes there is 0, and 0 · ∞ is NaN.</source>
        <translation>到达那里的梯度是 0，而 0 · ∞ 是 NaN。</translation>
    </message>
    <message>
        <source>The gradient is beyond {dtype}, whose largest number is {limit}; what came in goes from {low} to {high}.</source>
        <translation>梯度超出 {dtype} 的最大值 {limit}；传入的值范围是 {low} 到 {high}。</translation>
    </message>
    <message>
        <source>All that comes in is finite, what it made is not. Its operands in the forward go from {low} to {high}.</source>
        <translation>传入的值都是有限的，它的结果却不是。它在前向传播中的操作数范围是 {low} 到 {high}。</translation>
    </message>
    <message>
        <source>The batch has no rows that could be run alone.</source>
        <translation>这个批次没有可以单独运行的行。</translation>
    </message>
    <message>
        <source>Batch norm used its running figures: a row alone has no others.</source>
        <translation>批归一化使用了它的运行统计量：单独一行没有别的统计量可用。</translation>
    </message>
    <message>
        <source>The first {count} of {total} rows.</source>
        <translation>{total} 行中的前 {count} 行。</translation>
    </message>
    <message>
        <source>A row alone cannot be run: {error}.</source>
        <translation>无法单独运行某一行：{error}。</translation>
    </message>
    <message>
        <source>That is so for {count} of {total} values, which go from {low} to {high}.</source>
        <translation>{total} 个值中有 {count} 个如此，它们的范围是 {low} 到 {high}。</translation>
    </message>
    <message>
        <source>Nothing has run in this iteration yet; step on, and ask then.</source>
        <translation>这次迭代中还没有运行任何算子；先步进，再来查询。</translation>
    </message>
    <message>
        <source>All that is kept of this iteration is finite. Select a node that holds an Inf on purpose to see where that comes from.</source>
        <translation>这次迭代保留的值都是有限的。如果某个节点有意含有 Inf，选中它就能看到 Inf 从哪里来。</translation>
    </message>
    <message>
        <source>{name} holds neither NaN nor Inf, and neither does its gradient.</source>
        <translation>{name} 既不含 NaN 也不含 Inf，它的梯度也是。</translation>
    </message>
    <message>
        <source>It has not run in this iteration yet; step to it, and ask then.</source>
        <translation>它在这次迭代中尚未运行；先步进到它，再来查询。</translation>
    </message>
    <message>
        <source>log x is −∞ where x is 0, and NaN where x is below 0.</source>
        <translation>x 为 0 时 log x 是 −∞，x 小于 0 时是 NaN。</translation>
    </message>
    <message>
        <source>log(1 + x) is −∞ where x is −1, and NaN where x is below −1.</source>
        <translation>x 为 −1 时 log(1 + x) 是 −∞，x 小于 −1 时是 NaN。</translation>
    </message>
    <message>
        <source>√x is NaN where x is below 0.</source>
        <translation>x 小于 0 时 √x 是 NaN。</translation>
    </message>
    <message>
        <source>1 / √x is ∞ where x is 0, and NaN where x is below 0.</source>
        <translation>x 为 0 时 1 / √x 是 ∞，x 小于 0 时是 NaN。</translation>
    </message>
    <message>
        <source>1 / x is infinite where x is 0.</source>
        <translation>x 为 0 时 1 / x 是无穷大。</translation>
    </message>
    <message>
        <source>asin and acos are NaN where x is outside of −1 to 1.</source>
        <translation>x 在 −1 到 1 之外时，asin 和 acos 是 NaN。</translation>
    </message>
    <message>
        <source>acosh x is NaN where x is below 1.</source>
        <translation>x 小于 1 时 acosh x 是 NaN。</translation>
    </message>
    <message>
        <source>It is ±∞ where x is −1 or 1, and NaN beyond.</source>
        <translation>x 为 −1 或 1 时它是 ±∞，超出这个范围是 NaN。</translation>
    </message>
    <message>
        <source>logit x is ±∞ where x is 0 or 1, and NaN beyond.</source>
        <translation>x 为 0 或 1 时 logit x 是 ±∞，超出这个范围是 NaN。</translation>
    </message>
    <message>
        <source>It is infinite where x is 0 or a negative integer.</source>
        <translation>x 为 0 或负整数时它是无穷大。</translation>
    </message>
    <message>
        <source>The remainder of a division by 0 is NaN.</source>
        <translation>除以 0 的余数是 NaN。</translation>
    </message>
    <message>
        <source>The sine, cosine or tangent of ∞ is NaN.</source>
        <translation>∞ 的正弦、余弦或正切是 NaN。</translation>
    </message>
    <message>
        <source>{value} is written here by the code itself.</source>
        <translation>这里的 {value} 是代码自己写入的。</translation>
    </message>
    <message>
        <source>{op} holds whatever was in memory before: it must be filled before it is read.</source>
        <translation>{op} 的内容是内存中原有的值：读取之前必须先填充。</translation>
    </message>
    <message>
        <source>∞ / ∞ is NaN: {count} of {total} elements.</source>
        <translation>∞ / ∞ 是 NaN：{total} 个元素中有 {count} 个。</translation>
    </message>
    <message>
        <source>{count} of {total} divisors are 0.</source>
        <translation>{total} 个除数中有 {count} 个为 0。</translation>
    </message>
    <message>
        <source>0 / 0 is NaN: {count} of {total} elements.</source>
        <translation>0 / 0 是 NaN：{total} 个元素中有 {count} 个。</translation>
    </message>
    <message>
        <source>A negative number to a power that is no integer is NaN: {count} of {total} elements.</source>
        <translation>负数的非整数次幂是 NaN：{total} 个元素中有 {count} 个。</translation>
    </message>
    <message>
        <source>0 to a negative power is infinite: {count} of {total} elements.</source>
        <translation>0 的负数次幂是无穷大：{total} 个元素中有 {count} 个。</translation>
    </message>
    <message>
        <source>{op} x is beyond {dtype}, whose largest number is {limit}, where x is above {largest}.</source>
        <translation>x 大于 {largest} 时，{op} x 超出 {dtype} 的最大值 {limit}。</translation>
    </message>
    <message>
        <source>A softmax over a row that is −∞ throughout is 0 / 0, which is NaN: {count} of {total} rows.</source>
        <translation>整行都是 −∞ 时，softmax 是 0 / 0，即 NaN：{total} 行中有 {count} 行。</translation>
    </message>
    <message>
        <source>A softmax over a row with +∞ is ∞ / ∞, which is NaN: {count} of {total} rows.</source>
        <translation>行中含有 +∞ 时，softmax 是 ∞ / ∞，即 NaN：{total} 行中有 {count} 行。</translation>
    </message>
    <message>
        <source>The mask leaves {count} of {total} rows nothing to attend to: their softmax is 0 / 0.</source>
        <translation>掩码没有给 {total} 行中的 {count} 行留下任何可关注的位置：它们的 softmax 是 0 / 0。</translation>
    </message>
    <message>
        <source>The deviation of a single number, divided by n − 1 = 0, is NaN; correction=0 divides by n.</source>
        <translation>单个数的标准差要除以 n − 1 = 0，结果是 NaN；correction=0 改为除以 n。</translation>
    </message>
    <message>
        <source>The mean of no numbers is 0 / 0, which is NaN.</source>
        <translation>对零个数求平均是 0 / 0，即 NaN。</translation>
    </message>
    <message>
        <source>All {count} targets are the ignored class {ignored}: the mean over none is 0 / 0.</source>
        <translation>全部 {count} 个目标值都是被忽略的类别 {ignored}：对零个数求平均是 0 / 0。</translation>
    </message>
    <message>
        <source>The score of the wanted class is −∞ in {count} of {total} rows: the loss there is ∞.</source>
        <translation>{total} 行中有 {count} 行，正确类别的得分是 −∞：那里的损失是 ∞。</translation>
    </message>
    <message>
        <source>The scores hold an infinite value: log softmax of it is ∞ − ∞.</source>
        <translation>得分中含有无穷大：它的 log softmax 是 ∞ − ∞。</translation>
    </message>
    <message>
        <source>The variance is 0 and eps is 0: (x − mean) / 0. An eps of 1e-5 keeps it finite.</source>
        <translation>方差为 0，eps 也为 0：(x − 均值) / 0。取 eps = 1e-5 可使它保持有限。</translation>
    </message>
    <message>
        <source>0 · ∞ is NaN: {count} of {total} elements.</source>
        <translation>0 · ∞ 是 NaN：{total} 个元素中有 {count} 个。</translation>
    </message>
    <message>
        <source>∞ − ∞ is NaN: {count} of {total} elements.</source>
        <translation>∞ − ∞ 是 NaN：{total} 个元素中有 {count} 个。</translation>
    </message>
    <message>
        <source>∞ − ∞ is NaN: both +∞ and −∞ are among the terms.</source>
        <translation>∞ − ∞ 是 NaN：各项中既有 +∞ 也有 −∞。</translation>
    </message>
    <message>
        <source>A product with ∞ is added up: 0 · ∞ and ∞ − ∞ are NaN.</source>
        <translation>求和的乘积中含有 ∞：0 · ∞ 和 ∞ − ∞ 都是 NaN。</translation>
    </message>
    <message>
        <source>The result is beyond {dtype}, whose largest number is {limit}: its operands go from {low} to {high}.</source>
        <translation>结果超出 {dtype} 的最大值 {limit}：它的操作数范围是 {low} 到 {high}。</translation>
    </message>
    <message>
        <source>It adds up to more than the largest number of {dtype}, {limit}: its operands go from {low} to {high}.</source>
        <translation>总和超过 {dtype} 的最大值 {limit}：它的操作数范围是 {low} 到 {high}。</translation>
    </message>
    <message>
        <source>It was not finite when this iteration began: an earlier update wrote it. Reset, and run again with the trap on NaN and Inf: it stops in that iteration.</source>
        <translation>这次迭代开始时它就不是有限的：是之前的某次更新写入的。重置后开启 NaN 和 Inf 陷阱再次运行，就会停在那次迭代。</translation>
    </message>
    <message>
        <source>It came with the data: no op of this iteration made it.</source>
        <translation>它来自数据：不是这次迭代的某个算子产生的。</translation>
    </message>
    <message>
        <source>A tensor without a name that was there before this forward holds it.</source>
        <translation>它在一个没有名称的张量中，这个张量在这次前向传播之前就已存在。</translation>
    </message>
    <message>
        <source>a tensor without a name</source>
        <translation>没有名称的张量</translation>
    </message>
    <message>
        <source>What went into it is not kept. A larger memory for looking back (Run menu) keeps it.</source>
        <translation>传入它的值没有保留。加大回看所用的内存（“运行”菜单）即可保留。</translation>
    </message>
    <message>
        <source>This function's own code made it, of finite inputs.</source>
        <translation>传入的值是有限的，是这个函数自己的代码产生了它。</translation>
    </message>
    <message>
        <source>All that went into it is finite, its result is not.</source>
        <translation>传入的值都是有限的，结果却不是。</translation>
    </message>
    <message>
        <source>∞ came in as a gradient: times 0, or minus ∞, that is NaN.</source>
        <translation>传入的梯度中有 ∞：乘以 0 或减去 ∞，就是 NaN。</translation>
    </message>
    <message>
        <source>What the forward made here is not finite, and the derivative multiplies by it.</source>
        <translation>前向传播在这里的结果不是有限的，而导数要乘以它。</translation>
    </message>
    <message>
        <source>Its terms are finite, and their sum is not.</source>
        <translation>它的各项都是有限的，总和却不是。</translation>
    </message>
    <message>
        <source>The gradient that backward began with, or the sum of its terms, is not finite.</source>
        <translation>反向传播开始时的梯度，或其各项之和，不是有限的。</translation>
    </message>
    <message>
        <source>All that came into it is finite, what it made is not.</source>
        <translation>传入的值都是有限的，它的结果却不是。</translation>
    </message>
    <message>
        <source>Parameter and gradient were finite: the optimizer's step is beyond the largest number.</source>
        <translation>参数和梯度都是有限的：优化器的更新量超出了最大值。</translation>
    </message>
    <message>
        <source>The parameter was not finite before the update either.</source>
        <translation>更新之前，这个参数就已经不是有限的。</translation>
    </message>
    <message>
        <source>The optimizer put the gradient into the parameter.</source>
        <translation>优化器把梯度写进了参数。</translation>
    </message>
    <message>
        <source>It passes on what came in.</source>
        <translation>它把传入的值传了下去。</translation>
    </message>
    <message>
        <source>It passes on the NaN that came in: {count} of {total} values.</source>
        <translation>它把传入的 NaN 传了下去：{total} 个值中有 {count} 个。</translation>
    </message>
    <message>
        <source>It passes on the Inf that came in: {count} of {total} values.</source>
        <translation>它把传入的 Inf 传了下去：{total} 个值中有 {count} 个。</translation>
    </message>
    <message>
        <source>line {line}</source>
        <translation>第 {line} 行</translation>
    </message>
    <message>
        <source>scripted code: autograd shows it as one node</source>
        <translation>脚本化代码：autograd 把它显示为一个节点</translation>
    </message>
    <message>
        <source>compiled by torch.compile: autograd shows it as one node</source>
        <translation>由 torch.compile 编译：autograd 把它显示为一个节点</translation>
    </message>
    <message>
        <source>a reentrant checkpoint: what is inside is computed again, and gets its nodes, during backward</source>
        <translation>可重入的检查点：其内部在反向时重新计算，并得到自己的节点</translation>
    </message>
    <message>
        <source>mapped by vmap</source>
        <translation>由 vmap 映射</translation>
    </message>
    <message>
        <source>made before this forward, or in another thread, where nothing was recorded</source>
        <translation>在这次前向之前或在另一个线程中产生，那里没有记录</translation>
    </message>
    <message>
        <source>its activations are computed again during backward</source>
        <translation>它的激活值在反向时重新计算</translation>
    </message>
    <message>
        <source>gradviz's own loss, since none was given: the mean of the square of each output, summed</source>
        <translation>没有给出损失，所以用 gradviz 自己的：每个输出的均方值之和</translation>
    </message>
    <message>
        <source>{tensor} was saved by {saver} for its backward, and was modified in place since, by {step}. Run this backward before that step, or compute what leads to it anew behind the step.</source>
        <translation>{tensor} 由 {saver} 为反向传播保存，之后被 {step} 原地修改。在该更新之前运行这次反向传播，或者在该更新之后重新计算通向它的值。</translation>
    </message>
    <message>
        <source>by {op}</source>
        <translation>由 {op}</translation>
    </message>
    <message>
        <source>by no op that was recorded: an optimizer's step, another iteration or another thread may have done it</source>
        <translation>不是由所记录的算子：可能是优化器的更新、另一次迭代或另一个线程</translation>
    </message>
    <message>
        <source>{tensor} was saved by {saver} for its backward, and was modified in place since, {by}. Use what makes a new tensor (x = x + 1 for x += 1, relu for relu_), or .clone() it before that.</source>
        <translation>{tensor} 由 {saver} 为反向保存，之后被原地修改，{by}。请使用产生新张量的写法（x = x + 1 代替 x += 1，relu 代替 relu_），或在此之前 .clone()。</translation>
    </message>
    <message>
        <source>a scalar</source>
        <translation>标量</translation>
    </message>
    <message>
        <source>A tensor ({shape})</source>
        <translation>一个张量（{shape}）</translation>
    </message>
    <message>
        <source>A view of {name} ({shape})</source>
        <translation>{name} 的视图（{shape}）</translation>
    </message>
    <message>
        <source>The result of {node}, {shape},</source>
        <translation>{node} 的结果，{shape}，</translation>
    </message>
    <message>
        <source>What {op} gave, {shape},</source>
        <translation>{op} 给出的结果，{shape}，</translation>
    </message>
    <message>
        <source>… {count:,} letters are left out …</source>
        <translation>… 省略 {count:,} 个字符 …</translation>
    </message>
    <message>
        <source>{count} in {name} led to this: {message}</source>
        <translation>{name} 中的 {count} 导致了这个：{message}</translation>
    </message>
    <message>
        <source>There is no kind of breakpoint {kinds}.</source>
        <translation>没有 {kinds} 这种断点。</translation>
    </message>
    <message>
        <source>The condition of a breakpoint failed on the {result} ({reason}): a fault of gradviz.</source>
        <translation>断点的条件在 {result} 上失败（{reason}）：这是 gradviz 的缺陷。</translation>
    </message>
    <message>
        <source>{result} of {node}</source>
        <translation>{result}/{node}</translation>
    </message>
    <message>
        <source>No condition of a breakpoint could be tried on the {result}. {reason}</source>
        <translation>无法对 {result} 检查断点的任何条件。{reason}</translation>
    </message>
    <message>
        <source>This forward ran as those before it up to here, where it goes another way, so that values are kept from here on alone. Run the script again to here to look at all.</source>
        <translation>这次前向传播到此处为止与之前的一样，从这里走上了另一条路，因此只从这里起保留数值。要查看全部，请让脚本再次运行到这里。</translation>
    </message>
    <message>
        <source>{count} NaN in {name}</source>
        <translation>{name} 中有 {count} 个 NaN</translation>
    </message>
    <message>
        <source>{count} Inf in {name}</source>
        <translation>{name} 中有 {count} 个 Inf</translation>
    </message>
    <message>
        <source>norm {norm:.4g} of {name} is above {limit:g}</source>
        <translation>{name} 的范数 {norm:.4g} 高于 {limit:g}</translation>
    </message>
    <message>
        <source>norm {norm:.4g} of {name} is below {limit:g}</source>
        <translation>{name} 的范数 {norm:.4g} 低于 {limit:g}</translation>
    </message>
    <message>
        <source>{name} is exactly zero</source>
        <translation>{name} 恰好为零</translation>
    </message>
    <message>
        <source>{name} has the shape {shape}</source>
        <translation>{name} 的形状是 {shape}</translation>
    </message>
    <message>
        <source>{name} is a scalar</source>
        <translation>{name} 是标量</translation>
    </message>
    <message>
        <source>{share:.3g} % of {name} are zero, above {limit:g} %</source>
        <translation>{name} 中有 {share:.3g} % 为零，高于 {limit:g} %</translation>
    </message>
    <message>
        <source>{dead} of {count} units of {name} are zero for the whole batch, above {limit:g} %</source>
        <translation>{name} 的 {count} 个单元中有 {dead} 个对整个批次都为零，高于 {limit:g} %</translation>
    </message>
    <message>
        <source>{name} goes from {low:.4g} to {high:.4g}, outside {least:g} to {most:g}</source>
        <translation>{name} 的范围是 {low:.4g} 到 {high:.4g}，超出 {least:g} 到 {most:g}</translation>
    </message>
    <message>
        <source>It cannot be run again on copies: {error}</source>
        <translation>它无法在副本上再次运行：{error}</translation>
    </message>
    <message>
        <source>Its inputs are too large for copies in double precision; check it on a smaller batch.</source>
        <translation>它的输入太大，无法用双精度副本检查；改用较小的批次检查。</translation>
    </message>
    <message>
        <source>Its result has no numbers that could have a gradient.</source>
        <translation>它的结果中没有可以求梯度的数。</translation>
    </message>
    <message>
        <source>backward has run and gave it no gradient</source>
        <translation>反向已执行，但没有给它梯度</translation>
    </message>
    <message>
        <source>no parameter wants a gradient, so autograd recorded no graph.</source>
        <translation>没有参数需要梯度，所以 autograd 没有记录计算图。</translation>
    </message>
    <message>
        <source>autograd recorded no graph, since no gradient goes to any parameter ({why}).</source>
        <translation>autograd 没有记录计算图，因为没有梯度传给任何参数（{why}）。</translation>
    </message>
    <message>
        <source>frozen: requires_grad is False</source>
        <translation>已冻结：requires_grad 为 False</translation>
    </message>
    <message>
        <source>not in the graph; why is not known, since the forward was not recorded</source>
        <translation>不在计算图中；原因不明，因为前向没有被记录</translation>
    </message>
    <message>
        <source>not used in this forward</source>
        <translation>这次前向没有用到</translation>
    </message>
    <message>
        <source>in the forward of {function}: only backward can tell</source>
        <translation>在 {function} 的前向中：只有反向才能知道</translation>
    </message>
    <message>
        <source>frozen where it is used: requires_grad was False there</source>
        <translation>在使用处被冻结：那里 requires_grad 为 False</translation>
    </message>
    <message>
        <source>used, but what is made of it does not lead to the loss</source>
        <translation>用到了，但由它得到的结果没有通向损失</translation>
    </message>
    <message>
        <source>no gradient comes back from where it is used</source>
        <translation>使用处没有梯度传回</translation>
    </message>
    <message>
        <source>in a reentrant checkpoint none of whose inputs wants a gradient; use_reentrant=False needs none</source>
        <translation>在所有输入都不需要梯度的可重入检查点中；use_reentrant=False 则不需要</translation>
    </message>
    <message>
        <source>in a reentrant checkpoint: only backward can tell</source>
        <translation>在可重入检查点中：只有反向才能知道</translation>
    </message>
    <message>
        <source>used in a reentrant checkpoint that does not lead to the loss</source>
        <translation>用在没有通向损失的可重入检查点中</translation>
    </message>
    <message>
        <source>in a compiled region: only backward can tell</source>
        <translation>在编译区域中：只有反向才能知道</translation>
    </message>
    <message>
        <source>behind an output of {function} that is marked as not differentiable</source>
        <translation>在 {function} 标记为不可微的输出之后</translation>
    </message>
    <message>
        <source>detached by {op}</source>
        <translation>被 {op} 分离</translation>
    </message>
    <message>
        <source>it leaves torch as a plain value, by {op}</source>
        <translation>通过 {op} 以普通数值离开 torch</translation>
    </message>
    <message>
        <source>behind the integers that {op} gives</source>
        <translation>在 {op} 给出的整数之后</translation>
    </message>
    <message>
        <source>behind an integer op, {op}</source>
        <translation>在整数算子 {op} 之后</translation>
    </message>
    <message>
        <source>made by torch.autograd.grad without create_graph=True</source>
        <translation>由未设 create_graph=True 的 torch.autograd.grad 得到</translation>
    </message>
    <message>
        <source>written by {op} into what .data or detach gave</source>
        <translation>由 {op} 写入 .data 或 detach 得到的张量</translation>
    </message>
    <message>
        <source>{op} gives a result without a gradient</source>
        <translation>{op} 给出没有梯度的结果</translation>
    </message>
    <message>
        <source>in the forward of {function}, none of whose inputs wants a gradient</source>
        <translation>在所有输入都不需要梯度的 {function} 的前向中</translation>
    </message>
    <message>
        <source>under {mode}</source>
        <translation>在 {mode} 下</translation>
    </message>
    <message>
        <source>the gradient that torch.autograd.grad gives there does not depend on it</source>
        <translation>torch.autograd.grad 在那里给出的梯度不依赖它</translation>
    </message>
    <message>
        <source>autograd has made no graph so far.</source>
        <translation>到目前为止 autograd 还没有产生计算图。</translation>
    </message>
    <message>
        <source>a parameter without a name</source>
        <translation>没有名称的参数</translation>
    </message>
    <message>
        <source>data that wants a gradient</source>
        <translation>需要梯度的数据</translation>
    </message>
    <message>
        <source>made before the forward, with requires_grad; no parameter of the model</source>
        <translation>在前向之前以 requires_grad 创建；不是模型的参数</translation>
    </message>
    <message>
        <source>a leaf that the forward makes by {op}, with {how}: its gradient is left in its .grad</source>
        <translation>前向用 {op} 创建的叶子，带有 {how}：它的梯度留在它的 .grad 中</translation>
    </message>
    <message>
        <source>initial state</source>
        <translation>初始状态</translation>
    </message>
    <message>
        <source>the initial state of this layer or direction</source>
        <translation>这一层或这个方向的初始状态</translation>
    </message>
    <message>
        <source>hidden state</source>
        <translation>隐藏状态</translation>
    </message>
    <message>
        <source>the state that the cell was given</source>
        <translation>传给单元的状态</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>what dropout keeps; 0 where it drops a value, else 1 / (1 − p)</source>
        <translation>dropout 保留的部分；丢弃处为 0，否则为 1 / (1 − p)</translation>
    </message>
    <message>
        <source>attention mask</source>
        <translation>注意力掩码</translation>
    </message>
    <message>
        <source>which positions may be looked at</source>
        <translation>可以查看哪些位置</translation>
    </message>
    <message>
        <source>what dropout keeps of the weights; 0 where it drops one, else 1 / (1 − p)</source>
        <translation>dropout 保留的权重；丢弃处为 0，否则为 1 / (1 − p)</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>一个数</translation>
    </message>
    <message>
        <source>made without requires_grad</source>
        <translation>创建时没有 requires_grad</translation>
    </message>
    <message>
        <source>constant</source>
        <translation>常数</translation>
    </message>
    <message>
        <source>a tensor without a name, made without requires_grad</source>
        <translation>没有名称、不带 requires_grad 的张量</translation>
    </message>
    <message>
        <source>put out by {function}, which marks it as not differentiable</source>
        <translation>由 {function} 输出，并标记为不可微</translation>
    </message>
    <message>
        <source>detached</source>
        <translation>已分离</translation>
    </message>
    <message>
        <source>detached: no gradient flows past here</source>
        <translation>已分离：梯度不会越过这里</translation>
    </message>
    <message>
        <source>made from {sources} by {op}</source>
        <translation>由 {op} 从 {sources} 得到</translation>
    </message>
    <message>
        <source>made by {op}</source>
        <translation>由 {op} 得到</translation>
    </message>
    <message>
        <source>{made}; nothing it was made from wants a gradient</source>
        <translation>{made}；它的来源都不需要梯度</translation>
    </message>
    <message>
        <source>{made} under no_grad: no gradient flows past here</source>
        <translation>{made}，在 no_grad 下：梯度不会越过这里</translation>
    </message>
    <message>
        <source>the integers that {op} gives: no gradient flows past here</source>
        <translation>{op} 给出的整数：梯度不会越过这里</translation>
    </message>
    <message>
        <source>{made}, which has no derivative: no gradient flows past here</source>
        <translation>{made}，没有导数：梯度不会越过这里</translation>
    </message>
    <message>
        <source>data, no gradient</source>
        <translation>数据，无梯度</translation>
    </message>
    <message>
        <source>a buffer, no gradient</source>
        <translation>缓冲区，无梯度</translation>
    </message>
    <message>
        <source>a value that autograd does not follow</source>
        <translation>autograd 不跟踪的值</translation>
    </message>
    <message>
        <source>made inside {op}; autograd does not follow it</source>
        <translation>在 {op} 内部得到；autograd 不跟踪</translation>
    </message>
    <message>
        <source>Recorded operations: this network derives its gradients by hand, so there is no autograd graph.</source>
        <translation>记录的算子：这个网络手工推导梯度，所以没有自动求导计算图。</translation>
    </message>
    <message>
        <source>Recorded operations: {why}</source>
        <translation>记录的算子：{why}</translation>
    </message>
    <message>
        <source>raised {message}</source>
        <translation>抛出 {message}</translation>
    </message>
    <message>
        <source>made outside of the recorded operations</source>
        <translation>在所记录的算子之外产生</translation>
    </message>
    <message>
        <source>the gradient of {parameter}</source>
        <translation>{parameter} 的梯度</translation>
    </message>
    <message>
        <source>a parameter that is kept in a plain list or dict is not in model.parameters(): the optimizer will not update it; use nn.ModuleList, nn.ModuleDict or nn.ParameterList</source>
        <translation>放在普通列表或字典中的参数不在 model.parameters() 里：优化器不会更新它；请使用 nn.ModuleList、nn.ModuleDict 或 nn.ParameterList</translation>
    </message>
    <message>
        <source>it is no parameter of the model and has no name</source>
        <translation>它不是模型的参数，也没有名称</translation>
    </message>
    <message>
        <source>{name} is one node: {note}</source>
        <translation>{name} 是一个节点：{note}</translation>
    </message>
    <message>
        <source>the module</source>
        <translation>这个模块</translation>
    </message>
    <message>
        <source>{text}; call {path}._orig_mod to see inside, or start with TORCH_COMPILE_DISABLE=1</source>
        <translation>{text}；调用 {path}._orig_mod 可看到内部，或用 TORCH_COMPILE_DISABLE=1 启动</translation>
    </message>
    <message>
        <source>{text}; use_reentrant=False shows what is in it</source>
        <translation>{text}；use_reentrant=False 可显示其内部</translation>
    </message>
    <message>
        <source>{name} was {how}</source>
        <translation>{name}：{how}</translation>
    </message>
    <message>
        <source>{name} was made by a call that nobody saw</source>
        <translation>{name} 由未被观察到的调用产生</translation>
    </message>
    <message>
        <source>{op} was not called from a line of yours</source>
        <translation>{op} 不是从你的代码行调用的</translation>
    </message>
    <message>
        <source>{op} in {path} ({class_name}) was called by torch, not from a line of yours</source>
        <translation>{path} ({class_name}) 中的 {op} 由 torch 调用，不是从你的代码行</translation>
    </message>
    <message>
        <source>{file} is not executed: the user has not allowed it as it is.</source>
        <translation>没有执行 {file}：用户没有允许它现在的内容。</translation>
    </message>
    <message>
        <source>{network} runs on the cpu alone: {reason}.</source>
        <translation>{network} 只能在 cpu 上运行：{reason}。</translation>
    </message>
    <message>
        <source>device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>The build</source>
        <translation>构建</translation>
    </message>
    <message>
        <source>The forward</source>
        <translation>前向</translation>
    </message>
    <message>
        <source>The backward</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>The update</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>{file}, line {line}, is no Python: {reason}; correct it and open it again.</source>
        <translation>{file} 第 {line} 行不是合法的 Python：{reason}；请改正后重新打开。</translation>
    </message>
    <message>
        <source>{title} is no text in UTF-8; save it as such and open it again.</source>
        <translation>{title} 不是 UTF-8 文本；请另存为 UTF-8 后重新打开。</translation>
    </message>
    <message>
        <source>{title} cannot be read: {error}.</source>
        <translation>无法读取 {title}：{error}。</translation>
    </message>
    <message>
        <source>{error}, because of {cause}: the network was not built; correct it and open it again.</source>
        <translation>{error}，起因是 {cause}：网络没有构建；请改正后重新打开。</translation>
    </message>
    <message>
        <source>{error}: the network was not built; correct it and open it again.</source>
        <translation>{error}：网络没有构建；请改正后重新打开。</translation>
    </message>
    <message>
        <source>Interrupted in line {line} of {name}.</source>
        <translation>在 {name} 的第 {line} 行被中断。</translation>
    </message>
    <message>
        <source>Backward cannot start: nothing that leads to the loss wants a gradient; the list of what gradient reaches says why for each parameter.</source>
        <translation>反向无法开始：通向损失的内容都不需要梯度；梯度可达性列表说明每个参数的原因。</translation>
    </message>
    <message>
        <source>{sentence} ({place}).</source>
        <translation>{sentence}（{place}）。</translation>
    </message>
    <message>
        <source>1 value</source>
        <translation>1 个值</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{count} values</source>
        <translation>{count} 个值</translation>
    </message>
    <message>
        <source>{name}({takes}) was called with {gives}: {error}; as inputs give a tuple for its positional arguments, or a dict for its keywords.</source>
        <translation>{name}({takes}) 以 {gives} 调用：{error}；输入请用元组给出位置参数，或用字典给出关键字参数。</translation>
    </message>
    <message>
        <source>The loss({takes}) was called with the output and the targets: {error}; let it take both.</source>
        <translation>loss({takes}) 以输出和目标值调用：{error}；请让它接受两者。</translation>
    </message>
    <message>
        <source>The loss({takes}) was called with the output: {error}; give targets=… to gradviz.Experiment, or let it take one.</source>
        <translation>loss({takes}) 以输出调用：{error}；请给 gradviz.Experiment 传入 targets=…，或让它只接受一个参数。</translation>
    </message>
    <message>
        <source>The model is on {of_model} and its inputs are on {of_data}; make both on the cpu in {factory}(), and choose the device in gradviz, which moves them together.</source>
        <translation>模型在 {of_model} 上，而输入在 {of_data} 上；请在 {factory}() 中都建在 cpu 上，再在 gradviz 中选择设备，它会一起移动。</translation>
    </message>
    <message>
        <source>{title} imports {module}, but a file called {top}.py is found first; rename that file.</source>
        <translation>{title} 导入 {module}，但先找到的是名为 {top}.py 的文件；请给该文件改名。</translation>
    </message>
    <message>
        <source>{title} imports {module}, which is in {folder}; start gradviz with PYTHONPATH={folder}.</source>
        <translation>{title} 导入了 {module}，它在 {folder} 中；用 PYTHONPATH={folder} 启动 gradviz。</translation>
    </message>
    <message>
        <source>{title} imports {module}, which this Python does not have; install it with {python} -m pip install {top}, or start gradviz where the module lies.</source>
        <translation>{title} 导入 {module}，而当前的 Python 没有它；请用 {python} -m pip install {top} 安装，或在该模块所在处启动 gradviz。</translation>
    </message>
    <message>
        <source>{what} called {call}, as a program does at its end; put what belongs to the program under if __name__ == "__main__": and open it again.</source>
        <translation>{what} 调用了 {call}，程序结束时才这样做；请把属于程序的部分放到 if __name__ == "__main__": 之下，再重新打开。</translation>
    </message>
    <message>
        <source>{name} has no method forward(self, …), which is what a module does when it is called; write one.</source>
        <translation>{name} 没有模块被调用时使用的方法 forward(self, …)；请写一个。</translation>
    </message>
    <message>
        <source>Backward came to a part of the graph whose backward has run: a tensor was kept from the iteration before (keep it .detach()ed), or backward() runs twice in one iteration (the first with retain_graph=True).</source>
        <translation>反向到达了反向已执行过的部分：保留了上一次迭代的张量（请保留 .detach() 后的），或 backward() 在一次迭代中执行两次（第一次请用 retain_graph=True）。</translation>
    </message>
    <message>
        <source>A parameter, or a view of one, is changed in place where autograd records; change it under torch.no_grad(), or make a new tensor of it.</source>
        <translation>在 autograd 记录的地方原地修改了参数或它的视图；请在 torch.no_grad() 下修改，或由它得到新的张量。</translation>
    </message>
    <message>
        <source>An output of {name} of shape {shape}</source>
        <translation>{name} 的形状为 {shape} 的输出</translation>
    </message>
    <message>
        <source>An output of {name}</source>
        <translation>{name} 的输出</translation>
    </message>
    <message>
        <source>A tensor of shape {shape}</source>
        <translation>形状为 {shape} 的张量</translation>
    </message>
    <message>
        <source>A tensor</source>
        <translation>一个张量</translation>
    </message>
    <message>
        <source>{tensor} was changed in place although its backward still needs it; use what makes a new tensor (x = x + 1 for x += 1, relu for relu_), or .clone() it before the change.</source>
        <translation>{tensor} 被原地修改，而它的反向还需要它；请使用产生新张量的写法（x = x + 1 代替 x += 1，relu 代替 relu_），或在修改前 .clone()。</translation>
    </message>
    <message>
        <source>The model's parameters are {kind} and its inputs {of_data}; make the inputs .to(torch.{kind}).</source>
        <translation>模型的参数是 {kind}，而输入是 {of_data}；请把输入 .to(torch.{kind})。</translation>
    </message>
    <message>
        <source>The inputs hold a NumPy array, which torch's modules do not take; give torch.from_numpy(…) of it.</source>
        <translation>输入中有 NumPy 数组，torch 的模块不接受；请给 torch.from_numpy(…)。</translation>
    </message>
    <message>
        <source>hyperparameter of {target}</source>
        <translation>{target} 的超参数</translation>
    </message>
    <message>
        <source>{title} needs {needed}; give it a default, such as {first}=32, which can be changed with --set {first}=….</source>
        <translation>{title} 需要 {needed}；请给它默认值，例如 {first}=32，之后可用 --set {first}=… 修改。</translation>
    </message>
    <message>
        <source>The inputs are the model's own {name}.</source>
        <translation>输入是模型自己的 {name}。</translation>
    </message>
    <message>
        <source>{title} gives a model without inputs to call it with; write a factory that returns both, such as: {code}</source>
        <translation>{title} 返回了模型，但没有调用它的输入；请写一个同时返回两者的工厂函数，例如：{code}</translation>
    </message>
    <message>
        <source>{title} returned the class {name}; return an instance of it.</source>
        <translation>{title} 返回了类 {name}；请返回它的实例。</translation>
    </message>
    <message>
        <source>{title} returned {what} where the model belongs; the model comes first, then its inputs.</source>
        <translation>{title} 在应当返回模型的位置返回了 {what}；模型在前，输入在后。</translation>
    </message>
    <message>
        <source>{title} returned {what} where the model belongs; return (model, inputs).</source>
        <translation>{title} 在应当返回模型的位置返回了 {what}；请返回 (model, inputs)。</translation>
    </message>
    <message>
        <source>{title} returned {loss} as its third value, which is the loss, a function of the output; for targets return gradviz.Experiment(model, inputs, targets=…, loss=…).</source>
        <translation>{title} 返回的第三个值是 {loss}，那里应当是损失，即关于输出的函数；如有目标值，请返回 gradviz.Experiment(model, inputs, targets=…, loss=…)。</translation>
    </message>
    <message>
        <source>a coroutine: it is async</source>
        <translation>一个协程：它是 async 的</translation>
    </message>
    <message>
        <source>None (perhaps its return is missing)</source>
        <translation>None（也许缺少 return）</translation>
    </message>
    <message>
        <source>{title} returned {what}; return (model, inputs), (model, inputs, loss) or gradviz.Experiment(model, inputs, …).</source>
        <translation>{title} 返回了 {what}；请返回 (model, inputs)、(model, inputs, loss) 或 gradviz.Experiment(model, inputs, …)。</translation>
    </message>
    <message>
        <source>No loss was given: the sum, over every floating-point tensor in the output, of the mean of its square serves.</source>
        <translation>没有给出损失：使用输出中每个浮点张量的均方值之和。</translation>
    </message>
    <message>
        <source>{title} has nothing called {attribute!r}; {remedy}.</source>
        <translation>{title} 中没有 {attribute!r}；{remedy}。</translation>
    </message>
    <message>
        <source>{title} has no function called {factory}; {remedy}; if it trains by itself, let it call gradviz.watch(model).</source>
        <translation>{title} 中没有名为 {factory} 的函数；{remedy}；如果它自行训练，请让它调用 gradviz.watch(model)。</translation>
    </message>
    <message>
        <source>{title} has no function called {factory}; {remedy}.</source>
        <translation>{title} 中没有名为 {factory} 的函数；{remedy}。</translation>
    </message>
    <message>
        <source>it has {names}: name one, such as {file}:{first}</source>
        <translation>其中有 {names}：请指明一个，例如 {file}:{first}</translation>
    </message>
    <message>
        <source>write one: {code}</source>
        <translation>请写一个：{code}</translation>
    </message>
    <message>
        <source>{name} must be true or false, not {value!r}.</source>
        <translation>{name} 必须是 true 或 false，而不是 {value!r}。</translation>
    </message>
    <message>
        <source>{name} must be a whole number, not {value!r}.</source>
        <translation>{name} 必须是整数，而不是 {value!r}。</translation>
    </message>
    <message>
        <source>{name} must be a number, not {value!r}.</source>
        <translation>{name} 必须是数，而不是 {value!r}。</translation>
    </message>
    <message>
        <source>The loss has parameters of its own; they are updated only where the optimizer's function adds them.</source>
        <translation>损失有自己的参数；只有优化器的函数加入它们时才会更新。</translation>
    </message>
    <message>
        <source>The inputs have labels; if the model makes its own loss of them, give loss=lambda output: output.loss.</source>
        <translation>输入中有标签；如果模型由它们得到自己的损失，请传入 loss=lambda output: output.loss。</translation>
    </message>
    <message>
        <source>The targets are not used: give loss=… a function of the output and of them.</source>
        <translation>目标值没有用到：请传入 loss=…，一个关于输出和目标值的函数。</translation>
    </message>
    <message>
        <source>an {name}</source>
        <translation>{name}</translation>
    </message>
    <message>
        <source>a {name}</source>
        <translation>{name}</translation>
    </message>
    <message>
        <source>{title} trains by itself, in its line {line}; call gradviz.watch(model) before that line and open it again, which makes it a training script.</source>
        <translation>{title} 在第 {line} 行自行训练；请在该行之前调用 gradviz.watch(model) 后重新打开，它就成为训练脚本。</translation>
    </message>
    <message>
        <source>Code that ran in this engine changed {owner}.{name}</source>
        <translation>在这个引擎中运行的代码修改了 {owner}.{name}</translation>
    </message>
    <message>
        <source>Code that ran in this engine left hooks or modes in torch, which every network would pass</source>
        <translation>在这个引擎中运行的代码在 torch 里留下了钩子或模式，每个网络都会经过它们</translation>
    </message>
    <message>
        <source>The seed must be between 0 and {largest_seed}, not {seed}.</source>
        <translation>随机种子必须在 0 和 {largest_seed} 之间，而不是 {seed}。</translation>
    </message>
    <message>
        <source>{name} is no exported program; save it with torch.export.save.</source>
        <translation>{name} 不是导出的程序；请用 torch.export.save 保存。</translation>
    </message>
    <message>
        <source>{name} cannot be read as an exported program ({reason}); save it with torch.export.save.</source>
        <translation>无法把 {name} 作为导出的程序读取（{reason}）；请用 torch.export.save 保存。</translation>
    </message>
    <message>
        <source>{name} was saved without example inputs; export it again with torch.export.export(model, inputs).</source>
        <translation>{name} 保存时没有示例输入；请用 torch.export.export(model, inputs) 重新导出。</translation>
    </message>
    <message>
        <source>An exported program: its modules are as they were when it was exported, and so are dropout and batch norm.</source>
        <translation>导出的程序：它的模块与导出时相同，dropout 和 batch norm 也是。</translation>
    </message>
    <message>
        <source>{title} trains by itself; give it a function build() that returns (model, inputs).</source>
        <translation>{title} 自行训练；请给它一个返回 (model, inputs) 的函数 build()。</translation>
    </message>
    <message>
        <source>{title} is an exported program, which has no hyperparameters.</source>
        <translation>{title} 是导出的程序，没有超参数。</translation>
    </message>
    <message>
        <source>{name} holds weights and no graph ({tensors}, {numbers}); open the model that they belong to, model.py:build, and load them there.</source>
        <translation>{name} 里只有权重，没有计算图（{tensors}，{numbers}）；请打开它们所属的模型 model.py:build，在那里加载。</translation>
    </message>
    <message>
        <source>1 tensor</source>
        <translation>1 个张量</translation>
    </message>
    <message>
        <source>{count:,} tensors</source>
        <translation>{count:,} 个张量</translation>
    </message>
    <message>
        <source>1 number</source>
        <translation>1 个数</translation>
    </message>
    <message>
        <source>{count:,} numbers</source>
        <translation>{count:,} 个数</translation>
    </message>
    <message>
        <source>{path} is {kind}, which is not read; open a regular file.</source>
        <translation>{path} 是{kind}，不会被读取；请打开普通文件。</translation>
    </message>
    <message>
        <source>There is no file {path}.</source>
        <translation>没有文件 {path}。</translation>
    </message>
    <message>
        <source>A safetensors file.</source>
        <translation>safetensors 文件。</translation>
    </message>
    <message>
        <source>A single tensor, which has no name.</source>
        <translation>单个张量，没有名称。</translation>
    </message>
    <message>
        <source>{name} holds a {kind} and no tensors.</source>
        <translation>{name} 里是 {kind}，没有张量。</translation>
    </message>
    <message>
        <source>{name} is a TorchScript program, and no list of weights; open the Python model instead, or a factory that returns torch.jit.load(…) and inputs.</source>
        <translation>{name} 是 TorchScript 程序，不是权重列表；请改为打开 Python 模型，或打开返回 torch.jit.load(…) 及其输入的工厂函数。</translation>
    </message>
    <message>
        <source>{name} cannot be read as weights: {error}; it may be cut short, or no file that torch.save wrote.</source>
        <translation>无法把 {name} 作为权重读取：{error}；它可能被截断，或不是 torch.save 写的文件。</translation>
    </message>
    <message>
        <source>{name} cannot be read as weights: it may be cut short, or no file that torch.save wrote.</source>
        <translation>无法把 {name} 作为权重读取：它可能被截断，或不是 torch.save 写的文件。</translation>
    </message>
    <message>
        <source>{name} holds code beside its tensors ({code}), as a pickled model does, and gradviz never runs what is pickled; save the state dict alone: torch.save(model.state_dict(), FILE).</source>
        <translation>{name} 除了张量还有代码（{code}），整个 pickle 的模型就是这样，而 gradviz 从不运行 pickle 中的内容；请只保存状态字典：torch.save(model.state_dict(), FILE)。</translation>
    </message>
    <message>
        <source>{name} is a pickle of any kind, and gradviz never runs what is pickled; save the state dict alone: torch.save(model.state_dict(), FILE).</source>
        <translation>{name} 是任意内容的 pickle，而 gradviz 从不运行 pickle 中的内容；请只保存状态字典：torch.save(model.state_dict(), FILE)。</translation>
    </message>
    <message>
        <source>{name} was written by torch.save; call it {stem}.pt.</source>
        <translation>{name} 由 torch.save 写成；请命名为 {stem}.pt。</translation>
    </message>
    <message>
        <source>{name} is no safetensors file: {error}.</source>
        <translation>{name} 不是 safetensors 文件：{error}。</translation>
    </message>
    <message>
        <source>{name} holds no tensors of a model.</source>
        <translation>{name} 里没有模型的张量。</translation>
    </message>
    <message>
        <source>Beside it there is {names}.</source>
        <translation>此外还有 {names}。</translation>
    </message>
    <message>
        <source>The state dict in {name!r}.</source>
        <translation>{name!r} 中的状态字典。</translation>
    </message>
    <message>
        <source>A state dict.</source>
        <translation>状态字典。</translation>
    </message>
    <message>
        <source>The state dicts in {names}.</source>
        <translation>{names} 中的状态字典。</translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation>{names} 以及另外 {count} 个</translation>
    </message>
    <message>
        <source>The model refuses the weights in {title}: {said}</source>
        <translation>模型拒绝 {title} 中的权重：{said}</translation>
    </message>
    <message>
        <source>The file's names begin with {prefix!r}, which was left out.</source>
        <translation>文件中的名称以 {prefix!r} 开头，已略去。</translation>
    </message>
    <message>
        <source>The file's names hold '_orig_mod.', which was left out.</source>
        <translation>文件中的名称含有 '_orig_mod.'，已略去。</translation>
    </message>
    <message>
        <source>The model's names begin with {prefix!r}, the file's do not.</source>
        <translation>模型的名称以 {prefix!r} 开头，文件的没有。</translation>
    </message>
    <message>
        <source>{name}: the file has {shape}, the model {own}</source>
        <translation>{name}：文件中是 {shape}，模型是 {own}</translation>
    </message>
    <message>
        <source>{name} needs a value.</source>
        <translation>{name} 需要一个值。</translation>
    </message>
    <message>
        <source>The learning rate must be a positive number, not {value}.</source>
        <translation>学习率必须是正数，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} must be {wanted} numbers with commas between, not {value!r}.</source>
        <translation>{name} 必须是 {wanted} 个用逗号分隔的数，而不是 {value!r}。</translation>
    </message>
    <message>
        <source>value of {option}</source>
        <translation>{option} 的值</translation>
    </message>
    <message>
        <source>option of {optimizer}</source>
        <translation>{optimizer} 的选项</translation>
    </message>
    <message>
        <source>{name} cannot serve: {reason}.</source>
        <translation>{name} 不能使用：{reason}。</translation>
    </message>
    <message>
        <source>this network has no update written by hand</source>
        <translation>这个网络没有手写的更新</translation>
    </message>
    <message>
        <source>this network derives its gradients by hand, without autograd: only Manual can serve</source>
        <translation>这个网络不用自动求导而手工推导梯度：只能用 Manual</translation>
    </message>
    <message>
        <source>nothing here wants a gradient</source>
        <translation>这里没有需要梯度的内容</translation>
    </message>
    <message>
        <source>it needs sparse gradients, and this network's are dense</source>
        <translation>它需要稀疏梯度，而这个网络的是稠密的</translation>
    </message>
    <message>
        <source>it takes 2-D parameters only, and {name} is {dimensions}-D</source>
        <translation>它只接受二维参数，而 {name} 是 {dimensions} 维</translation>
    </message>
    <message>
        <source>The optimizer's function gave a {name}; let it return an optimizer, as lambda parameters: torch.optim.AdamW(parameters, lr=3e-4) does.</source>
        <translation>优化器的函数返回了 {name}；让它返回优化器，例如 lambda parameters: torch.optim.AdamW(parameters, lr=3e-4)。</translation>
    </message>
    <message>
        <source>{name} refuses: {error}</source>
        <translation>{name} 拒绝：{error}</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>One forward gave the lazy modules their parameters before the optimizer was made.</source>
        <translation>在创建优化器之前，一次前向给出了惰性模块的参数。</translation>
    </message>
    <message>
        <source>{name} speaks with other processes, which are not shown here; open the module inside it.</source>
        <translation>{name} 与其他进程通信，这里不显示；请打开其中的模块。</translation>
    </message>
    <message>
        <source>No parameter wants a gradient, so nothing is updated; name the tensors that the function holds: gradviz.Experiment(…, parameters={'w': w}).</source>
        <translation>没有参数需要梯度，所以什么都不更新；请指明函数持有的张量：gradviz.Experiment(…, parameters={'w': w})。</translation>
    </message>
    <message>
        <source>No parameter wants a gradient, so nothing is updated.</source>
        <translation>没有参数需要梯度，所以什么都不更新。</translation>
    </message>
    <message>
        <source>The model is on the meta device, which holds no values; build it on the cpu.</source>
        <translation>模型在 meta 设备上，那里没有数值；请在 cpu 上构建。</translation>
    </message>
    <message>
        <source>Of what it saved, number {position} was {first} in forward, and is {second} the second time.</source>
        <translation>它所保存的第 {position} 个，前向传播时是 {first}，第二次是 {second}。</translation>
    </message>
    <message>
        <source>What {op} (line {line}) saved was {first} in forward, and is {second} the second time.</source>
        <translation>{op}（第 {line} 行）在前向中保存的是 {first}，第二次是 {second}。</translation>
    </message>
    <message>
        <source>It saved {first} tensors in forward, and {second} when it was computed again.</source>
        <translation>它在前向传播时保存了 {first} 个张量，重新计算时保存了 {second} 个。</translation>
    </message>
    <message>
        <source>The checkpoint of {name} computes something else the second time</source>
        <translation>{name} 的检查点第二次计算出了别的结果</translation>
    </message>
    <message>
        <source>What it computes must depend on its arguments alone: not on attributes that change, not on random numbers that preserve_rng_state=False leaves out, not on the grad mode.</source>
        <translation>它的计算必须只取决于实参：不能取决于会变的属性、preserve_rng_state=False 所忽略的随机数，或梯度模式。</translation>
    </message>
    <message>
        <source>Its backward asks for what was saved, and so the checkpoint computes its part again. {what}</source>
        <translation>它的反向传播要读取所保存的值，于是检查点重新计算自己的部分。{what}</translation>
    </message>
    <message>
        <source>a function</source>
        <translation>一个函数</translation>
    </message>
    <message>
        <source>Write {code} instead.</source>
        <translation>改写为 {code}。</translation>
    </message>
    <message>
        <source>Keep it .detach()ed.</source>
        <translation>保留它的 .detach() 结果。</translation>
    </message>
    <message>
        <source>Backward starts from the loss, and no op that made it leads back to a parameter.</source>
        <translation>反向传播从损失开始，而产生损失的算子都通不到任何参数。</translation>
    </message>
    <message>
        <source>No gradient leads from the loss to a parameter</source>
        <translation>没有梯度从损失通向任何参数</translation>
    </message>
    <message>
        <source>No parameter wants a gradient: all are frozen</source>
        <translation>没有参数需要梯度：全部都已冻结</translation>
    </message>
    <message>
        <source>The gradient for {names} is lost here: {why}. {remedy}</source>
        <translation>{names} 的梯度在这里丢失：{why}。{remedy}</translation>
    </message>
    <message>
        <source>There is no gradient for {names}: {why}. {remedy}</source>
        <translation>{names} 没有梯度：{why}。{remedy}</translation>
    </message>
    <message>
        <source>Leave out the detach, or compute the loss of what came before it.</source>
        <translation>去掉 detach，或者用它之前的值计算损失。</translation>
    </message>
    <message>
        <source>Compute it outside of no_grad.</source>
        <translation>在 no_grad 之外计算它。</translation>
    </message>
    <message>
        <source>Integers have no gradient: compute the loss of the values themselves.</source>
        <translation>整数没有梯度：用原来的值计算损失。</translation>
    </message>
    <message>
        <source>Set requires_grad of those that are to be trained.</source>
        <translation>对要训练的参数设置 requires_grad。</translation>
    </message>
    <message>
        <source>It saved {tensor} for its backward, at version {version}.</source>
        <translation>它为反向传播保存了 {tensor}，当时是版本 {version}。</translation>
    </message>
    <message>
        <source>Backward reads what was saved, and finds version {version} where {expected} is expected.</source>
        <translation>反向传播读取所保存的值，发现是版本 {version}，而预期是 {expected}。</translation>
    </message>
    <message>
        <source>{tensor} was modified in place after it was saved</source>
        <translation>{tensor} 在保存之后被原地修改</translation>
    </message>
    <message>
        <source>It wrote into that tensor in place. Use what makes a new one, or .clone() it before.</source>
        <translation>它原地写入了这个张量。改用产生新张量的算子，或者先 .clone()。</translation>
    </message>
    <message>
        <source>{count} writes came in all.</source>
        <translation>一共有 {count} 次写入。</translation>
    </message>
    <message>
        <source>The optimizer's step in iteration {step} wrote new values into that parameter. Run this backward before it, or compute what leads to it anew behind it.</source>
        <translation>第 {step} 次迭代中优化器的更新向这个参数写入了新值。在它之前运行这次反向传播，或者在它之后重新计算通向它的值。</translation>
    </message>
    <message>
        <source>{name} in iteration {step}</source>
        <translation>第 {step} 次迭代的 {name}</translation>
    </message>
    <message>
        <source>the result of {node} ({shape})</source>
        <translation>{node} 的结果（{shape}）</translation>
    </message>
    <message>
        <source>what {op} gave</source>
        <translation>{op} 的结果</translation>
    </message>
    <message>
        <source>a tensor ({shape})</source>
        <translation>一个张量（{shape}）</translation>
    </message>
    <message>
        <source>Backward came to nodes that it has run before</source>
        <translation>反向传播到达了它已经运行过的节点</translation>
    </message>
    <message>
        <source>{name} keeps the graph of an iteration that is over</source>
        <translation>{name} 保留着已结束的迭代的计算图</translation>
    </message>
    <message>
        <source>This iteration goes on from {name} here.</source>
        <translation>这次迭代在这里从 {name} 继续。</translation>
    </message>
    <message>
        <source>that result</source>
        <translation>那个结果</translation>
    </message>
    <message>
        <source>Its backward has run before, which freed what it had saved; it cannot run again.</source>
        <translation>它的反向传播已经运行过，所保存的值随之释放；它不能再次运行。</translation>
    </message>
    <message>
        <source>Backward came to nodes that it has run before. {reason}</source>
        <translation>反向传播到达了它已经运行过的节点。{reason}</translation>
    </message>
    <message>
        <source>What it made before is still used. Keep it .detach()ed.</source>
        <translation>它之前的结果仍在使用。保留它的 .detach() 结果。</translation>
    </message>
    <message>
        <source>{name} keeps what {node} made in an earlier iteration, and with it the graph behind it. {remedy}</source>
        <translation>{name} 保留着 {node} 在之前某次迭代中的结果，以及它后面的计算图。{remedy}</translation>
    </message>
    <message>
        <source>{name} keeps what {node} made in line {line} in an earlier iteration, and with it the graph behind it. {remedy}</source>
        <translation>{name} 保留着 {node} 在之前某次迭代中于第 {line} 行得到的结果，以及它后面的计算图。{remedy}</translation>
    </message>
    <message>
        <source>its gradients are added to those of the iterations before</source>
        <translation>它的梯度会加到之前各次迭代的梯度上</translation>
    </message>
    <message>
        <source>its forward gave the loss {again:.9g} after {first:.9g}</source>
        <translation>它的前向传播第一次得到损失 {first:.9g}，再次运行得到 {again:.9g}</translation>
    </message>
    <message>
        <source>This iteration cannot be run again exactly: {why}. From now on iterations pass the gate instead.</source>
        <translation>这次迭代无法精确地再次运行：{why}。从现在起，各次迭代改为逐个算子检查。</translation>
    </message>
    <message>
        <source>the model keeps a state of its own in {name}</source>
        <translation>模型在 {name} 中保存着自己的状态</translation>
    </message>
    <message>
        <source>{name} is changed in place, and no copy of it was kept</source>
        <translation>{name} 被原地修改，而没有保留它的副本</translation>
    </message>
    <message>
        <source>This is no checkpoint of gradviz.</source>
        <translation>这不是 gradviz 的检查点。</translation>
    </message>
    <message>
        <source>This checkpoint is of a newer gradviz; update it.</source>
        <translation>这个检查点来自更新版本的 gradviz；请更新 gradviz。</translation>
    </message>
    <message>
        <source>The checkpoint is of another network: it has {name}.</source>
        <translation>这个检查点属于另一个网络：它含有 {name}。</translation>
    </message>
    <message>
        <source>The checkpoint is of another optimizer.</source>
        <translation>这个检查点属于另一个优化器。</translation>
    </message>
    <message>
        <source>The checkpoint is of another network: {name} is {theirs} there and {ours} here.</source>
        <translation>这个检查点属于另一个网络：{name} 在那里是 {theirs}，在这里是 {ours}。</translation>
    </message>
    <message>
        <source>Updates are not watched: copies of the weights and of the optimizer's state take {needed:.0f} MB, and the byte budget is {budget:.0f} MB.</source>
        <translation>没有监视更新：权重和优化器状态的副本要占 {needed:.0f} MB，而字节预算是 {budget:.0f} MB。</translation>
    </message>
    <message>
        <source>Iteration {step} ran freely until it raised, so no graph of it was recorded. Run again to here for the operation itself.</source>
        <translation>第 {step} 次迭代自由运行，直到抛出异常，因此没有记录它的图。用“再次运行到此”查看出错的运算。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {strerror}.</source>
        <translation>无法读取 {path}：{strerror}。</translation>
    </message>
    <message>
        <source>{name} is no valid Python: line {line}: {reason}.</source>
        <translation>{name} 不是合法的 Python：第 {line} 行：{reason}。</translation>
    </message>
    <message>
        <source>{name} is no valid Python: {error}.</source>
        <translation>{name} 不是合法的 Python：{error}。</translation>
    </message>
    <message>
        <source>{title} catches every exception, so its process is ended.</source>
        <translation>{title} 捕获所有异常，所以结束它的进程。</translation>
    </message>
    <message>
        <source>The script does not repeat itself: the loss of iteration {step} was {first:.9g} and is {again:.9g} now. It is paused here; let it seed what it draws from.</source>
        <translation>这个脚本不会重复自身：第 {step} 次迭代的损失之前是 {first:.9g}，现在是 {again:.9g}。它停在这里；让它为所抽取的随机数设置种子。</translation>
    </message>
    <message>
        <source>This engine has not seen the script stop there, so that it runs from its start as ever.</source>
        <translation>这个引擎没有见过脚本停在那里，因此照常从头运行。</translation>
    </message>
    <message>
        <source>No optimizer stepped in this iteration, so that its update is not watched.</source>
        <translation>这次迭代中没有优化器更新，因此没有监视它的更新。</translation>
    </message>
    <message>
        <source>This iteration ran freely until it raised, so the operations and lines of its nodes were not recorded.</source>
        <translation>这次迭代在抛出异常之前是自由运行的，所以没有记录其节点的算子和代码行。</translation>
    </message>
    <message>
        <source>The script sets device and optimizer itself.</source>
        <translation>脚本自己设置设备和优化器。</translation>
    </message>
    <message>
        <source>The script has ended; reset it to run it from the start.</source>
        <translation>脚本已结束；重置后从头运行。</translation>
    </message>
    <message>
        <source>{title} catches every exception and cannot be ended; restart the engine.</source>
        <translation>{title} 捕获所有异常，无法结束；请重新启动引擎。</translation>
    </message>
    <message>
        <source>{count} evaluations in one step, the last {last:.4g}; the loss of an iteration is that of the first</source>
        <translation>一次更新中 {count} 次求值，最后一次 {last:.4g}；迭代的损失是第一次的</translation>
    </message>
    <message>
        <source>The script has ended.</source>
        <translation>脚本已结束。</translation>
    </message>
    <message>
        <source>The script ended itself with status {code}.</source>
        <translation>脚本以状态 {code} 自行结束。</translation>
    </message>
    <message>
        <source>The script ended itself: {code}</source>
        <translation>脚本自行结束：{code}</translation>
    </message>
    <message>
        <source>The values of this iteration were not held. Set the trap on NaN and Inf, reset, and run again: it stops where the first appears.</source>
        <translation>这次迭代的值没有保留。设置 NaN 和 Inf 陷阱，重置后再次运行：它会停在首个出现的地方。</translation>
    </message>
    <message>
        <source>There is no history yet: a trap on spikes keeps one from when it is set.</source>
        <translation>还没有历史记录：尖峰陷阱从设置时起才开始记录。</translation>
    </message>
    <message>
        <source>A script that runs again to a trap has none: ask where it is paused behind the trap.</source>
        <translation>再次运行到陷阱的脚本没有历史：在它停在陷阱之后时再问。</translation>
    </message>
    <message>
        <source>No gradient is known yet; step to the end of a backward, and ask then.</source>
        <translation>还不知道任何梯度；先步进到反向传播结束，再来查询。</translation>
    </message>
    <message>
        <source>Rows can be run alone where gradviz makes the iterations and autograd the gradients.</source>
        <translation>只有由 gradviz 进行迭代、由 autograd 求梯度时，才能单独运行各行。</translation>
    </message>
    <message>
        <source>Step to the end of the backward first: on this device nothing else can run inside it.</source>
        <translation>先步进到反向传播结束：在这个设备上，反向传播中不能运行别的东西。</translation>
    </message>
    <message>
        <source>{place} called os._exit({status}), which ends Python at once; take it out, and open it again.</source>
        <translation>{place} 调用了 os._exit({status})，它会立刻结束 Python；请去掉后重新打开。</translation>
    </message>
    <message>
        <source>The code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>A script goes back by running from its start again.</source>
        <translation>脚本要回到过去，须从头再次运行。</translation>
    </message>
    <message>
        <source>A script keeps its state itself: torch.save(model.state_dict(), …) writes it.</source>
        <translation>脚本自己保存状态：torch.save(model.state_dict(), …) 可以写入它。</translation>
    </message>
    <message>
        <source>The checkpoint cannot be read: {reason}; resume the run again.</source>
        <translation>无法读取检查点：{reason}；请再次恢复该运行。</translation>
    </message>
    <message>
        <source>What the model keeps in {names} is in no checkpoint: losses may differ.</source>
        <translation>模型保存在 {names} 中的内容不在任何检查点里：损失可能不同。</translation>
    </message>
    <message>
        <source>A script is searched while it runs: break on this condition, reset it, and run it; it stops there.</source>
        <translation>脚本在运行时搜索：为此条件设置断点，重置，然后运行；它会停在那里。</translation>
    </message>
    <message>
        <source>Finish this iteration before the device changes: its tensors are in use.</source>
        <translation>请先完成这次迭代，再更换设备：它的张量正在使用。</translation>
    </message>
    <message>
        <source>The script loads its weights itself.</source>
        <translation>脚本自己加载权重。</translation>
    </message>
    <message>
        <source>Nothing is open; open a network first.</source>
        <translation>还没有打开任何网络；请先打开一个。</translation>
    </message>
    <message>
        <source>Nothing was changed here since the last step.</source>
        <translation>自上一步以来，这里没有任何修改。</translation>
    </message>
    <message>
        <source>A gradient can be edited while its node stands at the gate in backward.</source>
        <translation>只有当节点在反向中即将执行时，才能编辑它的梯度。</translation>
    </message>
    <message>
        <source>gradient into {name}</source>
        <translation>传入 {name} 的梯度</translation>
    </message>
    <message>
        <source>{what}: undone</source>
        <translation>{what}：已撤销</translation>
    </message>
    <message>
        <source>The script owns its model; load weights in the script, with model.load_state_dict.</source>
        <translation>模型由脚本掌管；请在脚本里用 model.load_state_dict 加载权重。</translation>
    </message>
    <message>
        <source>Finish this iteration before weights are loaded: its tensors are in use.</source>
        <translation>请先完成这次迭代，再加载权重：它的张量正在使用。</translation>
    </message>
    <message>
        <source>This run has failed; reset it, and load the weights then.</source>
        <translation>这次运行已失败；请先重置，再加载权重。</translation>
    </message>
    <message>
        <source>input {index}</source>
        <translation>输入 {index}</translation>
    </message>
    <message>
        <source>gradient of {name}</source>
        <translation>{name} 的梯度</translation>
    </message>
    <message>
        <source>{name} has no formula of its own to check; choose an op.</source>
        <translation>{name} 没有自己的公式可供检查；选择一个算子。</translation>
    </message>
    <message>
        <source>This iteration ran freely, so the inputs were not held. Run one iteration, then check.</source>
        <translation>这次迭代是自由运行的，所以没有保留输入。运行一次迭代，然后再检查。</translation>
    </message>
    <message>
        <source>Not computed. Forward has not reached this node yet.</source>
        <translation>尚未计算。前向还没有到达这个节点。</translation>
    </message>
    <message>
        <source>How {name} was called is not known, so it cannot be run again on copies.</source>
        <translation>不知道 {name} 是如何调用的，所以无法在副本上再次运行。</translation>
    </message>
    <message>
        <source>No input of {name} wants a gradient.</source>
        <translation>{name} 没有需要梯度的输入。</translation>
    </message>
    <message>
        <source>output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>output {index}</source>
        <translation>输出 {index}</translation>
    </message>
    <message>
        <source>{step} iterations are done already; ask for more than {until}.</source>
        <translation>已经完成 {step} 次迭代；请要求多于 {until} 次。</translation>
    </message>
    <message>
        <source>This run has failed; reset it to begin a new one.</source>
        <translation>这次运行已失败；请重置以开始新的运行。</translation>
    </message>
    <message>
        <source>The values of this iteration were not held. Step into the next one to look at tensors.</source>
        <translation>没有保留这次迭代的数值。单步进入下一次迭代即可查看张量。</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>There is no index {index}; they count from 0.</source>
        <translation>没有下标 {index}；下标从 0 开始。</translation>
    </message>
    <message>
        <source>Not computed. Forward has not reached the loss yet.</source>
        <translation>尚未计算。前向还没有到达损失。</translation>
    </message>
    <message>
        <source>Not computed. Backward has not reached this parameter yet.</source>
        <translation>尚未计算。反向还没有到达这个参数。</translation>
    </message>
    <message>
        <source>{name} has no {what} that could be looked at yet.</source>
        <translation>{name} 还没有可以查看的 {what}。</translation>
    </message>
    <message>
        <source>Nothing is called {name!r}; did you mean {near}?</source>
        <translation>没有 {name!r}；你是指 {near} 吗？</translation>
    </message>
    <message>
        <source>Nothing is called {name!r}.</source>
        <translation>没有 {name!r}。</translation>
    </message>
    <message>
        <source>{name} is no parameter.</source>
        <translation>{name} 不是参数。</translation>
    </message>
    <message>
        <source>The value of {name} is not held.</source>
        <translation>没有保留 {name} 的值。</translation>
    </message>
    <message>
        <source>{name} is no parameter, so no update changes it.</source>
        <translation>{name} 不是参数，所以没有更新会改变它。</translation>
    </message>
    <message>
        <source>Say which parameter.</source>
        <translation>请指明是哪个参数。</translation>
    </message>
    <message>
        <source>Nothing stands at the gate now; name a node.</source>
        <translation>现在没有停在任何节点；请指明节点。</translation>
    </message>
    <message>
        <source>Not computed. What stands here has given no output yet.</source>
        <translation>尚未计算。停在这里的还没有给出输出。</translation>
    </message>
    <message>
        <source>Not computed. What stands here has made no node yet.</source>
        <translation>尚未计算。停在这里的还没有产生节点。</translation>
    </message>
    <message>
        <source>{name} made no node, so it saves nothing and no gradient comes to it.</source>
        <translation>{name} 没有产生节点，所以它不保存任何东西，也没有梯度到达它。</translation>
    </message>
    <message>
        <source>Not computed. Backward has not reached this node yet.</source>
        <translation>尚未计算。反向还没有到达这个节点。</translation>
    </message>
    <message>
        <source>The graph has no such node any more; select one that is drawn.</source>
        <translation>计算图中已没有这个节点；请选择画出的节点。</translation>
    </message>
    <message>
        <source>This network is derived by hand: its gradients are what other ops of it give.</source>
        <translation>这个网络是手工求导的：它的梯度由网络中其他算子给出。</translation>
    </message>
    <message>
        <source>Not recorded: this iteration ran freely until it raised.</source>
        <translation>没有记录：这次迭代在抛出异常之前是自由运行的。</translation>
    </message>
    <message>
        <source>Inside {op}, which shows its result only.</source>
        <translation>在 {op} 内部，它只显示结果。</translation>
    </message>
    <message>
        <source>None: this input wants no gradient.</source>
        <translation>无：这个输入不需要梯度。</translation>
    </message>
    <message>
        <source>Only an op saves tensors for backward.</source>
        <translation>只有算子会为反向保存张量。</translation>
    </message>
    <message>
        <source>Freed: backward lets go of what it saved once it has used it.</source>
        <translation>已释放：反向用完所保存的内容后就会释放它。</translation>
    </message>
    <message>
        <source>Not computed. Backward has not run this node yet.</source>
        <translation>尚未计算。反向还没有执行这个节点。</translation>
    </message>
    <message>
        <source>Not computed. Forward has not run this node yet.</source>
        <translation>尚未计算。前向还没有执行这个节点。</translation>
    </message>
    <message>
        <source>Not kept: all parameters changed at once, and copies of them would be over the byte budget for past values. An optimizer with foreach=False and fused=False updates one after the other.</source>
        <translation>未保留：所有参数同时改变，它们的副本会超出过去数值的字节预算。优化器设为 foreach=False 和 fused=False 时逐个更新。</translation>
    </message>
    <message>
        <source>Not computed. The update has not reached this parameter yet.</source>
        <translation>尚未计算。更新还没有到达这个参数。</translation>
    </message>
    <message>
        <source>None: no gradient reaches this output.</source>
        <translation>无：没有梯度到达这个输出。</translation>
    </message>
    <message>
        <source>{name} has no {what} {index}.</source>
        <translation>{name} 没有 {what} {index}。</translation>
    </message>
    <message>
        <source>This update is written by hand: its step is what comes after minus what was before.</source>
        <translation>这次更新是手写的：更新量等于更新后的值减去更新前的值。</translation>
    </message>
    <message>
        <source>The optimizer keeps nothing called {name!r} for {parameter}; it keeps {listed}.</source>
        <translation>优化器没有为 {parameter} 保存名为 {name!r} 的状态；它保存的是 {listed}。</translation>
    </message>
    <message>
        <source>The optimizer keeps nothing for {parameter} yet.</source>
        <translation>优化器还没有为 {parameter} 保存任何状态。</translation>
    </message>
    <message>
        <source>Not kept: this step was taken without a stop in its iteration, or is over the byte budget.</source>
        <translation>没有保留：这次更新所在的迭代没有停下过，或者超出了字节预算。</translation>
    </message>
    <message>
        <source>Not available: it was over the byte budget for past values.</source>
        <translation>不可用：超出了过去数值的字节预算。</translation>
    </message>
    <message>
        <source>No optimizer has {name}, so nothing changes it.</source>
        <translation>{name} 不在任何优化器中，所以没有什么会改变它。</translation>
    </message>
    <message>
        <source>{name} has no gradient, so the optimizer leaves it as it is.</source>
        <translation>{name} 没有梯度，所以优化器不会改变它。</translation>
    </message>
    <message>
        <source>L-BFGS searches: it evaluates the loss several times in one step and moves along a direction that it makes of the gradients before.</source>
        <translation>L-BFGS 会进行搜索：一次更新中多次计算损失，并沿着由之前的梯度得出的方向移动。</translation>
    </message>
    <message>
        <source>{optimizer} is no optimizer of torch's own, so its formula is not known here.</source>
        <translation>{optimizer} 不是 torch 自带的优化器，所以这里不知道它的公式。</translation>
    </message>
    <message>
        <source>step of {name}</source>
        <translation>{name} 的更新步</translation>
    </message>
    <message>
        <source>all parameters at once</source>
        <translation>所有参数同时</translation>
    </message>
    <message>
        <source>{count} parameters at once</source>
        <translation>{count} 个参数同时</translation>
    </message>
    <message>
        <source>{expression!r} gives {unfit}</source>
        <translation>{expression!r} 得到{unfit}</translation>
    </message>
    <message>
        <source>{expression!r} cannot be computed: {said}.</source>
        <translation>无法计算 {expression!r}：{said}。</translation>
    </message>
    <message>
        <source>a {name}; a tensor or a number is needed.</source>
        <translation>{name}；需要张量或数。</translation>
    </message>
    <message>
        <source>{shape} instead of {needed}; the shape must stay.</source>
        <translation>{shape}，而需要 {needed}；形状必须保持不变。</translation>
    </message>
    <message>
        <source>the layout {layout}; {needed} is needed.</source>
        <translation>布局 {layout}；需要 {needed}。</translation>
    </message>
    <message>
        <source>complex numbers; take .real or .imag of them.</source>
        <translation>复数；请取 .real 或 .imag。</translation>
    </message>
    <message>
        <source>One element of a {layout} tensor cannot be set; write what g becomes.</source>
        <translation>{layout} 张量不能设置单个元素；请写出 g 变成什么。</translation>
    </message>
    <message>
        <source>There is no element {element} in a tensor of {shape}.</source>
        <translation>形状为 {shape} 的张量中没有元素 {element}。</translation>
    </message>
    <message>
        <source>{text!r} is not a number.</source>
        <translation>{text!r} 不是数。</translation>
    </message>
    <message>
        <source>{text!r} cannot be set: {said}.</source>
        <translation>无法设置 {text!r}：{said}。</translation>
    </message>
    <message>
        <source>The parameter cannot be changed: {error}.</source>
        <translation>无法修改参数：{error}。</translation>
    </message>
    <message>
        <source>{expression!r} is no expression.</source>
        <translation>{expression!r} 不是表达式。</translation>
    </message>
    <message>
        <source>{said}.</source>
        <translation>{said}。</translation>
    </message>
    <message>
        <source>{text} cannot be watched: names, arithmetic, indices and methods that only read.</source>
        <translation>{text} 不能监视：只能用名称、算术、索引和只读的方法。</translation>
    </message>
    <message>
        <source>Nothing is called {name!r} here.</source>
        <translation>这里没有名为 {name!r} 的东西。</translation>
    </message>
    <message>
        <source>{text} is no number and no tensor.</source>
        <translation>{text} 既不是数也不是张量。</translation>
    </message>
    <message>
        <source>{text}(…) is not called: only methods of tensors that change nothing are.</source>
        <translation>{text}(…) 不会被调用：只调用张量的、不改变任何东西的方法。</translation>
    </message>
    <message>
        <source>A {kind} has no items that could be watched.</source>
        <translation>{kind} 没有可以监视的项。</translation>
    </message>
    <message>
        <source>It has no gradient yet.</source>
        <translation>它还没有梯度。</translation>
    </message>
    <message>
        <source>A {kind} has no {name!r} that could be watched.</source>
        <translation>{kind} 没有可以监视的 {name!r}。</translation>
    </message>
    <message>
        <source>freed by backward</source>
        <translation>已被反向释放</translation>
    </message>
    <message>
        <source>not saved yet: forward has not reached this node</source>
        <translation>尚未保存：前向还没有到达这个节点</translation>
    </message>
    <message>
        <source>Not available: {why}.</source>
        <translation>不可用：{why}。</translation>
    </message>
    <message>
        <source>It did not save {name}: its backward does not need it.</source>
        <translation>它没有保存 {name}：它的反向不需要。</translation>
    </message>
    <message>
        <source>{name} is no tensor: {value!r}.</source>
        <translation>{name} 不是张量：{value!r}。</translation>
    </message>
    <message>
        <source>It saved nothing called {name!r}; it saved {there}.</source>
        <translation>它没有保存 {name!r}；它保存了 {there}。</translation>
    </message>
    <message>
        <source>It saved nothing called {name!r}; it saved nothing.</source>
        <translation>它没有保存 {name!r}；它什么都没有保存。</translation>
    </message>
    <message>
        <source>overwritten by an op in place since it was saved, by {op}</source>
        <translation>保存之后被 {op} 原地覆盖</translation>
    </message>
    <message>
        <source>overwritten by an op in place since it was saved</source>
        <translation>保存之后被某个算子原地覆盖</translation>
    </message>
    <message>
        <source>it cannot be unpacked ({error})</source>
        <translation>无法取出（{error}）</translation>
    </message>
    <message>
        <source>not a tensor: {value}</source>
        <translation>不是张量：{value}</translation>
    </message>
    <message>
        <source>is {name} itself, no copy</source>
        <translation>就是 {name} 本身，没有复制</translation>
    </message>
    <message>
        <source>is a view of {name}, no copy</source>
        <translation>是 {name} 的视图，没有复制</translation>
    </message>
    <message>
        <source>distributed: the part that this process holds of {shape}</source>
        <translation>分布式：本进程持有的 {shape} 的部分</translation>
    </message>
    <message>
        <source>quantized ({dtype}): shown as what it stands for</source>
        <translation>量化（{dtype}）：按它所代表的值显示</translation>
    </message>
    <message>
        <source>{layout}: shown as a plain tensor</source>
        <translation>{layout}：按普通张量显示</translation>
    </message>
    <message>
        <source>elements</source>
        <translation>元素</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>blocks</source>
        <translation>块</translation>
    </message>
    <message>
        <source>{layout}: {stored:,} of {total:,} {unit} stored, the rest is 0</source>
        <translation>{layout}：存储了 {total:,} 个中的 {stored:,} 个{unit}，其余为 0</translation>
    </message>
    <message>
        <source>{layout}: {stored:,} of {total:,} {unit} stored, summed from {entries:,} entries, the rest is 0</source>
        <translation>{layout}：存储了 {total:,} 个中的 {stored:,} 个{unit}，由 {entries:,} 项相加得到，其余为 0</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low} 到 {high}</translation>
    </message>
    <message>
        <source>nested: {count:,} rows of {size}, shown end to end</source>
        <translation>嵌套：{count:,} 行 {size}，首尾相接显示</translation>
    </message>
    <message>
        <source>masked</source>
        <translation>带掩码</translation>
    </message>
    <message>
        <source>masked: {counted:,} of {total:,} elements count, the others are shown as NaN</source>
        <translation>带掩码：{total:,} 个元素中计入 {counted:,} 个，其余显示为 NaN</translation>
    </message>
    <message>
        <source>An array of {dtype} is no array of numbers.</source>
        <translation>{dtype} 数组不是数值数组。</translation>
    </message>
    <message>
        <source>A tensor on the device meta holds no numbers.</source>
        <translation>meta 设备上的张量没有数值。</translation>
    </message>
    <message>
        <source>A {name} holds no numbers.</source>
        <translation>{name} 里没有数值。</translation>
    </message>
    <message>
        <source>An {name} has no numbers before its first forward.</source>
        <translation>{name} 在第一次前向之前没有数值。</translation>
    </message>
    <message>
        <source>It is inside of a transform (vmap, grad and the like), where it has no numbers of its own.</source>
        <translation>它在变换（vmap、grad 等）内部，那里它没有自己的数值。</translation>
    </message>
    <message>
        <source>Its memory was given back, as that of sharded parameters is between their uses.</source>
        <translation>它的内存已归还，分片参数在两次使用之间就是这样。</translation>
    </message>
    <message>
        <source>torch cannot compute figures of a tensor of {dtype}: {reason}.</source>
        <translation>torch 无法计算 {dtype} 张量的统计：{reason}。</translation>
    </message>
    <message>
        <source>torch cannot compute figures of a {name}: {reason}.</source>
        <translation>torch 无法计算 {name} 的统计：{reason}。</translation>
    </message>
    <message>
        <source>complex: statistics, histogram and picture are of the magnitudes</source>
        <translation>复数：统计、直方图和图像都按模计算</translation>
    </message>
    <message>
        <source>{text!r} has {parts} dimensions, the tensor {shape}.</source>
        <translation>{text!r} 有 {parts} 个维度，而张量是 {shape}。</translation>
    </message>
    <message>
        <source>{part!r} is not an index; write one as 3, 0:4 or ::2.</source>
        <translation>{part!r} 不是下标；请写成 3、0:4 或 ::2。</translation>
    </message>
    <message>
        <source>Index {number} is out of range for a dimension of {size}.</source>
        <translation>下标 {number} 超出大小为 {size} 的维度。</translation>
    </message>
    <message>
        <source>{part!r} has a step of {step}; torch takes steps of 1 and more.</source>
        <translation>{part!r} 的步长是 {step}；torch 只接受大于等于 1 的步长。</translation>
    </message>
    <message>
        <source>A nested tensor has rows of unequal length and no shape; look at what is made of it.</source>
        <translation>嵌套张量的各行长度不等，没有形状；请查看由它得到的张量。</translation>
    </message>
    <message>
        <source>{path} cannot be written: {error}.</source>
        <translation>无法写入 {path}：{error}。</translation>
    </message>
    <message>
        <source>{path!r} cannot be written: {error}.</source>
        <translation>无法写入 {path!r}：{error}。</translation>
    </message>
    <message>
        <source>Not available: the tensor was changed in place after this point.</source>
        <translation>不可用：这个张量在此之后被原地修改。</translation>
    </message>
    <message>
        <source>Nothing has been trained yet: the run begins from its seed anyway; run it first.</source>
        <translation>还没有训练过：运行本来就从种子开始；请先运行。</translation>
    </message>
    <message>
        <source>No checkpoint can be made of this run ({reason}); save its weights in a script, by torch.save.</source>
        <translation>无法为此运行保存检查点（{reason}）；请在脚本中用 torch.save 保存权重。</translation>
    </message>
    <message>
        <source>This iteration is changing the state already; finish it, and keep the checkpoint behind it.</source>
        <translation>这次迭代已经在改变状态；请先完成它，再在其后保存检查点。</translation>
    </message>
    <message>
        <source>gradviz.log: {name} is no number, and is left out.</source>
        <translation>gradviz.log：{name} 不是数值，已略去。</translation>
    </message>
    <message>
        <source>Iteration {step} ran before the run was resumed; one can go back to {first} or later.</source>
        <translation>第 {step} 次迭代在该运行被恢复之前进行；可以回到第 {first} 次或之后。</translation>
    </message>
    <message>
        <source>Iteration {step} has not run yet; there is {first} to {last}.</source>
        <translation>第 {step} 次迭代还没有运行；已有第 {first} 到 {last} 次。</translation>
    </message>
    <message>
        <source>No state of this run is kept: one takes more than the {budget:.0f} MB for looking back.</source>
        <translation>没有保留这个运行的状态：一个状态就超过用于回看的 {budget:.0f} MB。</translation>
    </message>
    <message>
        <source>This run cannot go back: {why}. Reset it.</source>
        <translation>这个运行无法回到过去：{why}。请重置它。</translation>
    </message>
    <message>
        <source>Iteration {step} does not repeat itself: its loss was {first:.9g} and is {again:.9g} now.</source>
        <translation>第 {step} 次迭代没有重现：它的损失原为 {first:.9g}，现在是 {again:.9g}。</translation>
    </message>
    <message>
        <source>The batch of iteration {step} was another: what makes it draws from a generator that was not found, or counts for itself; keep that in the loader, the model or a global.</source>
        <translation>第 {step} 次迭代的批次不同了：生成它的代码从一个未找到的随机数生成器取数，或自己计数；请把它保存在加载器、模型或全局变量中。</translation>
    </message>
    <message>
        <source>The batch of iteration {step} was another: `batches` gives the same iterator each time, which goes on; let it make a new one.</source>
        <translation>第 {step} 次迭代的批次不同了：`batches` 每次给出同一个会继续前进的迭代器；请让它每次新建一个。</translation>
    </message>
    <message>
        <source>Its batch was the same; a kernel of the device may not repeat itself (torch.use_deterministic_algorithms).</source>
        <translation>它的批次相同；设备的某个内核可能不可重复（torch.use_deterministic_algorithms）。</translation>
    </message>
    <message>
        <source>Its batch was the same: the code counts or draws in a place that is not put back, such as a global, a class or a closure; keep that in an attribute of the model.</source>
        <translation>它的批次相同：代码在一个不会被还原的地方计数或取随机数，例如全局变量、类或闭包；请把它保存在模型的属性中。</translation>
    </message>
    <message>
        <source>Iteration {step} has not run yet; one can look from {first} to {last}.</source>
        <translation>第 {step} 次迭代还没有运行；可以从第 {first} 次查找到第 {last} 次。</translation>
    </message>
    <message>
        <source>the update made {count} in {name}</source>
        <translation>更新使 {name} 中出现了 {count}</translation>
    </message>
    <message>
        <source>the loss is {loss}: {name} began with {count}, which an update before made</source>
        <translation>损失是 {loss}：{name} 一开始就含有 {count}，由之前的某次更新产生</translation>
    </message>
    <message>
        <source>the loss is {loss}</source>
        <translation>损失是 {loss}</translation>
    </message>
    <message>
        <source>{count} in the gradient of {name}</source>
        <translation>{name} 的梯度中有 {count}</translation>
    </message>
    <message>
        <source>the gradient's norm</source>
        <translation>梯度的范数</translation>
    </message>
    <message>
        <source>the step</source>
        <translation>更新量</translation>
    </message>
    <message>
        <source>the loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>{name}, {value:.4g}, is {times:.3g} times the median of the {count} iterations before, {median:.4g}</source>
        <translation>{name}为 {value:.4g}，是之前 {count} 次迭代的中位数 {median:.4g} 的 {times:.3g} 倍</translation>
    </message>
    <message>
        <source>all parameters</source>
        <translation>所有参数</translation>
    </message>
    <message>
        <source>the update did not change {name}</source>
        <translation>更新没有改变 {name}</translation>
    </message>
    <message>
        <source>the update did not change {name} and {count} more</source>
        <translation>更新没有改变 {name} 和另外 {count} 个</translation>
    </message>
    <message>
        <source>{found}: {name} is frozen, it requires no gradient</source>
        <translation>{found}：{name} 被冻结，不需要梯度</translation>
    </message>
    <message>
        <source>{found}: {name} has no gradient, Reach shows why</source>
        <translation>{found}：{name} 没有梯度，“可达性”会显示原因</translation>
    </message>
    <message>
        <source>the update changed {name}</source>
        <translation>更新改变了 {name}</translation>
    </message>
    <message>
        <source>the update changed {name} and {count} more</source>
        <translation>更新改变了 {name} 和另外 {count} 个</translation>
    </message>
    <message>
        <source>the loss has had no lower value for {count} iterations</source>
        <translation>已有 {count} 次迭代损失没有低于最低值</translation>
    </message>
    <message>
        <source>the gradient scaler left the update out</source>
        <translation>梯度缩放器跳过了更新</translation>
    </message>
    <message>
        <source>the gradient scaler left the update out: {count} in the gradient of {name}</source>
        <translation>梯度缩放器跳过了更新：{name} 的梯度中有 {count}</translation>
    </message>
    <message>
        <source>the loss is {value:.6g}, above {limit:g}</source>
        <translation>损失为 {value:.6g}，高于 {limit:g}</translation>
    </message>
    <message>
        <source>the loss is {value:.6g}, below {limit:g}</source>
        <translation>损失为 {value:.6g}，低于 {limit:g}</translation>
    </message>
    <message>
        <source>the gradient of {name} has the norm {value:.4g}, above {limit:g}</source>
        <translation>{name} 的梯度范数为 {value:.4g}，高于 {limit:g}</translation>
    </message>
    <message>
        <source>the gradient of {name} has the norm {value:.4g}, below {limit:g}</source>
        <translation>{name} 的梯度范数为 {value:.4g}，低于 {limit:g}</translation>
    </message>
    <message>
        <source>the step of {name} is {value:.4g} of the weight, above {limit:g}</source>
        <translation>{name} 的更新量是权重的 {value:.4g} 倍，高于 {limit:g}</translation>
    </message>
    <message>
        <source>the step of {name} is {value:.4g} of the weight, below {limit:g}</source>
        <translation>{name} 的更新量是权重的 {value:.4g} 倍，低于 {limit:g}</translation>
    </message>
    <message>
        <source>There is no {what} called {name!r}; there is {known}.</source>
        <translation>没有名为 {name!r} 的{what}；有 {known}。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>The engine speaks protocol {engine}, this program {own}; reinstall gradviz.</source>
        <translation>引擎使用协议 {engine}，本程序使用 {own}；请重新安装 gradviz。</translation>
    </message>
    <message>
        <source>The model is a {name}, which cannot be called; pass a module or function.</source>
        <translation>模型是 {name}，不能被调用；请传入模块或函数。</translation>
    </message>
    <message>
        <source>This network has no update of its own; choose an optimizer.</source>
        <translation>这个网络没有自己的更新；请选择优化器。</translation>
    </message>
    <message>
        <source>The inputs or targets refer back to themselves, or are nested too deep; pass plain tuples, lists and dicts of tensors.</source>
        <translation>输入或目标值引用了自身，或嵌套过深；请传入由张量组成的普通元组、列表和字典。</translation>
    </message>
    <message>
        <source>`batches` made {kind}; let it return an iterator of pairs, or yield them.</source>
        <translation>`batches` 得到 {kind}；让它返回由数据对组成的迭代器，或逐个 yield。</translation>
    </message>
    <message>
        <source>`batches` gives no batch; let it yield pairs of inputs and targets.</source>
        <translation>`batches` 没有给出批次；让它 yield 输入和目标值的数据对。</translation>
    </message>
    <message>
        <source>a {name} of {count}</source>
        <translation>{count} 个元素的 {name}</translation>
    </message>
    <message>
        <source>`batches` gave {kind}; let it yield pairs (inputs, targets), with None for no targets.</source>
        <translation>`batches` 给出 {kind}；让它 yield 数据对 (inputs, targets)，没有目标值时用 None。</translation>
    </message>
    <message>
        <source>The loss gave {kind}; let it return a tensor of one number, without .item().</source>
        <translation>损失给出 {kind}；让它返回只含一个数的张量，不要用 .item()。</translation>
    </message>
    <message>
        <source>The loss gave a tensor of shape {shape}, and backward starts from one number; return .mean() or .sum() of it.</source>
        <translation>损失给出形状为 {shape} 的张量，而反向从一个数开始；请返回它的 .mean() 或 .sum()。</translation>
    </message>
    <message>
        <source>The loss is a complex number, and backward starts from a real one; return its .abs().</source>
        <translation>损失是复数，而反向从实数开始；请返回它的 .abs()。</translation>
    </message>
    <message>
        <source>The output holds no floating-point tensor to make a loss of; pass a loss of your own.</source>
        <translation>输出中没有可以构成损失的浮点张量；请传入自己的损失。</translation>
    </message>
    <message>
        <source>The optimizer is a tuple, but not of a name and its options, such as ("AdamW", {"lr": 3e-4}); let it be that, or a function of the parameters.</source>
        <translation>优化器是元组，但不是由名称和选项组成，例如 ("AdamW", {"lr": 3e-4})；请改成这样，或改成关于参数的函数。</translation>
    </message>
    <message>
        <source>The optimizer is a {made} that is made already; pass how to make it: optimizer=lambda parameters: {made}(parameters, …), or its name and options.</source>
        <translation>优化器是已经创建的 {made}；请传入创建它的方法：optimizer=lambda parameters: {made}(parameters, …)，或它的名称和选项。</translation>
    </message>
    <message>
        <source>`parameters` holds no names; pass a dict of name and tensor: parameters={'w': w}.</source>
        <translation>`parameters` 里没有名称；请传入由名称和张量组成的字典：parameters={'w': w}。</translation>
    </message>
    <message>
        <source>The model has no attribute {name!r}, which `parameters` names.</source>
        <translation>模型没有 `parameters` 所指的属性 {name!r}。</translation>
    </message>
    <message>
        <source>The inputs are a {name}, which gives batches; pass it, or a function that makes one, as `batches`: gradviz.Experiment(model, batches=…).</source>
        <translation>输入是一个会给出批次的 {name}；请把它，或创建它的函数，作为 `batches` 传入：gradviz.Experiment(model, batches=…)。</translation>
    </message>
    <message>
        <source>The loss is the class {name}; pass an instance of it: loss={name}(…).</source>
        <translation>损失是类 {name}；请传入它的实例：loss={name}(…)。</translation>
    </message>
    <message>
        <source>The loss is a {name}; pass a function of the output (and of the targets, if there are some) that returns one number.</source>
        <translation>损失是 {name}；请传入关于输出（以及目标值，如果有的话）的函数，它返回一个数。</translation>
    </message>
    <message>
        <source>`batches` is a {name}, which cannot be begun again; pass the DataLoader or list itself, or a function that makes such an iterator.</source>
        <translation>`batches` 是 {name}，不能重新开始；请直接传入 DataLoader 或列表，或传入产生这种迭代器的函数。</translation>
    </message>
    <message>
        <source>use {use} of {uses}</source>
        <translation>第 {use}/{uses} 次使用</translation>
    </message>
    <message>
        <source>picture format</source>
        <translation>图片格式</translation>
    </message>
    <message>
        <source>The depth is {depth}; give 0 to fold every cluster, or more.</source>
        <translation>深度是 {depth}；给 0 以折叠所有子图，或更大的数。</translation>
    </message>
    <message>
        <source>a named pipe</source>
        <translation>命名管道</translation>
    </message>
    <message>
        <source>a device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>a socket</source>
        <translation>套接字</translation>
    </message>
    <message>
        <source>a folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>it is larger than {size:,} bytes</source>
        <translation>它大于 {size:,} 字节</translation>
    </message>
    <message>
        <source>it is {kind}</source>
        <translation>它是{kind}</translation>
    </message>
    <message>
        <source>{path} is no file</source>
        <translation>{path} 不是文件</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>计算图</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>The engine is still importing torch.</source>
        <translation>引擎还在导入 torch。</translation>
    </message>
    <message>
        <source>The engine ended; restart it first.</source>
        <translation>引擎已结束；请先重新启动。</translation>
    </message>
    <message>
        <source>The network is being made.</source>
        <translation>正在构建网络。</translation>
    </message>
    <message>
        <source>The run ended with an error; reset it.</source>
        <translation>运行因错误而结束；请重置。</translation>
    </message>
    <message>
        <source>Nothing is running.</source>
        <translation>没有正在运行的内容。</translation>
    </message>
    <message>
        <source>It pauses at the end of what it is in.</source>
        <translation>它在当前步骤结束时暂停。</translation>
    </message>
    <message>
        <source>A recorded graph is shown; go back to the live one first.</source>
        <translation>当前显示的是记录的计算图；请先回到实时计算图。</translation>
    </message>
    <message>
        <source>There is no graph yet.</source>
        <translation>还没有计算图。</translation>
    </message>
    <message>
        <source>This network has no modules.</source>
        <translation>这个网络没有模块。</translation>
    </message>
    <message>
        <source>No node is selected.</source>
        <translation>没有选中节点。</translation>
    </message>
    <message>
        <source>There is no loss yet; press Run.</source>
        <translation>还没有损失；请按“运行”。</translation>
    </message>
    <message>
        <source>No iteration has been stepped yet; step into one first.</source>
        <translation>还没有单步执行过迭代；请先 step。</translation>
    </message>
    <message>
        <source>This is the first point of the iteration.</source>
        <translation>这是这次迭代的第一个点。</translation>
    </message>
    <message>
        <source>What is shown is the present.</source>
        <translation>现在显示的就是当前时刻。</translation>
    </message>
    <message>
        <source>Nothing runs at this node: it is data, or a leaf without gradient.</source>
        <translation>这个节点不执行任何操作：它是数据，或是不需要梯度的叶子。</translation>
    </message>
    <message>
        <source>No values of an iteration are held; step into one, or stop in one.</source>
        <translation>没有保留任何一次迭代的值；步进一次，或在某次迭代中停下。</translation>
    </message>
    <message>
        <source>No values of this iteration are held; step into one.</source>
        <translation>没有保留这次迭代的值；步进到其中。</translation>
    </message>
    <message>
        <source>The selected node is in no module.</source>
        <translation>选中的节点不在任何模块中。</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message>
        <source>Run the script from its start</source>
        <translation>从头运行脚本</translation>
    </message>
    <message>
        <source>Train {count} more iterations. Reset begins again.</source>
        <translation>再训练 {count} 次迭代。“重置”则从头开始。</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Train to the end, or to a breakpoint</source>
        <translation>训练到结束或断点</translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Hold as soon as can be</source>
        <translation>尽快停下</translation>
    </message>
    <message>
        <source>{position} of {count}</source>
        <translation>{position}/{count}</translation>
    </message>
    <message>
        <source>The loss is {value} since iteration {step}</source>
        <translation>从第 {step} 次迭代起，损失是 {value}</translation>
    </message>
    <message>
        <source>The run is repeated from its start, and stops where the first NaN or Inf appears.</source>
        <translation>从头再次运行，并停在首个 NaN 或 Inf 出现的地方。</translation>
    </message>
    <message>
        <source>Where does it come from?</source>
        <translation>它从哪里来？</translation>
    </message>
    <message>
        <source>Iteration {step}: {message}</source>
        <translation>第 {step} 次迭代：{message}</translation>
    </message>
    <message>
        <source>The script runs again from its start, with the same losses, and stops where this begins.</source>
        <translation>脚本从头再次运行，损失相同，并停在它开始的地方。</translation>
    </message>
    <message>
        <source>Run again to here</source>
        <translation>再次运行到这里</translation>
    </message>
    <message>
        <source>What moved?</source>
        <translation>是什么变动了？</translation>
    </message>
    <message>
        <source>{title}, iteration {number}</source>
        <translation>{title}，迭代 {number}</translation>
    </message>
    <message>
        <source>The picture is on the clipboard.</source>
        <translation>图片已复制到剪贴板。</translation>
    </message>
    <message>
        <source>Restart engine</source>
        <translation>重新启动引擎</translation>
    </message>
    <message>
        <source>Interrupt</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>Show line</source>
        <translation>显示代码行</translation>
    </message>
    <message>
        <source>The engine has not answered for {seconds} s</source>
        <translation>引擎已有 {seconds} 秒没有响应</translation>
    </message>
    <message>
        <source>Iteration {step} has not come to its end for {seconds} s</source>
        <translation>迭代 {step} 已有 {seconds} 秒没有结束</translation>
    </message>
    <message>
        <source>It is in line {line} of {name}: {code}</source>
        <translation>它在 {name} 的第 {line} 行：{code}</translation>
    </message>
    <message>
        <source>It is in no line of yours.</source>
        <translation>它不在你的代码行中。</translation>
    </message>
    <message>
        <source>Native code holds Python's lock: Interrupt waits until that code looks for it or returns.</source>
        <translation>本机代码占着 Python 的锁：“中断”要等到那段代码检查它或返回时才生效。</translation>
    </message>
    <message>
        <source>{count} ops and nodes so far.</source>
        <translation>到目前为止 {count} 个算子和节点。</translation>
    </message>
    <message>
        <source>Where it is after {seconds} s, the innermost call last:</source>
        <translation>{seconds} 秒后它所在的位置，最内层的调用在最后：</translation>
    </message>
    <message>
        <source>{action} is done as soon as {name} is open.</source>
        <translation>{name} 打开后立即执行“{action}”。</translation>
    </message>
    <message>
        <source>The graph of this iteration has no {name}.</source>
        <translation>这次迭代的计算图中没有 {name}。</translation>
    </message>
    <message>
        <source>line {number}</source>
        <translation>第 {number} 行</translation>
    </message>
    <message>
        <source>the graph</source>
        <translation>计算图</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>It is read to see whether these are the contents that you allowed to run.</source>
        <translation>正在读取，以确认内容与你允许运行的一致。</translation>
    </message>
    <message>
        <source>Still reading {0}</source>
        <translation>仍在读取 {0}</translation>
    </message>
    <message>
        <source>The script has not come to its first backward() yet.</source>
        <translation>脚本还没有到达第一次 backward()。</translation>
    </message>
    <message>
        <source>Its code runs in the engine, and has not come to the end of the first forward yet.</source>
        <translation>它的代码在引擎中运行，还没有完成第一次前向。</translation>
    </message>
    <message>
        <source>Still building {0}</source>
        <translation>仍在构建 {0}</translation>
    </message>
    <message>
        <source>Nothing of yours was opened yet</source>
        <translation>还没有打开过你自己的模型</translation>
    </message>
    <message>
        <source>No longer trust {folder}</source>
        <translation>不再信任 {folder}</translation>
    </message>
    <message>
        <source>Clear this list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>The graph is not coloured by a number.</source>
        <translation>计算图没有按数值着色。</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Your model</source>
        <translation>你的模型</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Manual</source>
        <translation>手册</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Export picture</source>
        <translation>导出图片</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>The colours of an overlay are those of the window.</source>
        <translation>着色所用的颜色是窗口的颜色。</translation>
    </message>
    <message>
        <source>The whole graph</source>
        <translation>整个计算图</translation>
    </message>
    <message>
        <source>What is in sight</source>
        <translation>可见部分</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>The size is that of a PNG and of the clipboard; SVG and PDF can be shown at any.</source>
        <translation>大小适用于 PNG 和剪贴板；SVG 和 PDF 可以任意缩放。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Put the picture on the clipboard</source>
        <translation>把图片复制到剪贴板</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Log: {path}</source>
        <translation>日志：{path}</translation>
    </message>
    <message>
        <source>Report a problem</source>
        <translation>报告问题</translation>
    </message>
    <message>
        <source>This is on the clipboard. Add what you did, what you expected and what happened instead, and the end of the log where it says more. Nothing is sent by itself.</source>
        <translation>内容已复制到剪贴板。请补充你做了什么、预期什么、实际发生了什么；如果日志末尾有更多信息，也请附上。不会自动发送任何内容。</translation>
    </message>
    <message>
        <source>Open the log's folder</source>
        <translation>打开日志所在文件夹</translation>
    </message>
    <message>
        <source>Write the folder's whole path, from {0} on.</source>
        <translation>请写出文件夹的完整路径，从 {0} 开始。</translation>
    </message>
    <message>
        <source>{folder} cannot be written ({reason}); choose another.</source>
        <translation>无法写入 {folder}（{reason}）；请选择另一个。</translation>
    </message>
    <message>
        <source>Walk to producers, consumers and neighbours</source>
        <translation>移动到来源、去向和相邻节点</translation>
    </message>
    <message>
        <source>First and last node</source>
        <translation>第一个和最后一个节点</translation>
    </message>
    <message>
        <source>Node before and after, in order of execution</source>
        <translation>按执行顺序的上一个和下一个节点</translation>
    </message>
    <message>
        <source>Show the selected node's line of source</source>
        <translation>显示选中节点的源代码行</translation>
    </message>
    <message>
        <source>Select nothing</source>
        <translation>取消选择</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>Zoom about the pointer</source>
        <translation>以指针为中心缩放</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>拖动</translation>
    </message>
    <message>
        <source>Move the graph</source>
        <translation>移动计算图</translation>
    </message>
    <message>
        <source>Click on a module's head</source>
        <translation>单击模块的标题</translation>
    </message>
    <message>
        <source>Fold or unfold it</source>
        <translation>折叠或展开它</translation>
    </message>
    <message>
        <source>Next and previous control</source>
        <translation>下一个和上一个控件</translation>
    </message>
    <message>
        <source>Alt and a letter</source>
        <translation>Alt 和一个字母</translation>
    </message>
    <message>
        <source>What has that letter underlined</source>
        <translation>带此下划线字母的控件</translation>
    </message>
    <message>
        <source>Open, press or tick</source>
        <translation>打开、按下或勾选</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中删除</translation>
    </message>
    <message>
        <source>Leave the dialog, or the value as it was</source>
        <translation>离开对话框，或让值保持原样</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Find a key or what it does</source>
        <translation>查找快捷键或其作用</translation>
    </message>
    <message>
        <source>On the canvas</source>
        <translation>在画布上</translation>
    </message>
    <message>
        <source>In lists and dialogs</source>
        <translation>在列表和对话框中</translation>
    </message>
    <message>
        <source>No key fits.</source>
        <translation>没有匹配的快捷键。</translation>
    </message>
    <message>
        <source>Iteration {step}. Enter walks to where it was noticed, Shift+Enter back.</source>
        <translation>第 {step} 次迭代。按 Enter 走向发现它的地方，按 Shift+Enter 返回。</translation>
    </message>
    <message>
        <source>Iteration {step}. Enter walks to where it raised, Shift+Enter back.</source>
        <translation>第 {step} 次迭代。按 Enter 走向抛出错误的地方，按 Shift+Enter 返回。</translation>
    </message>
    <message>
        <source>Iteration {step}. It was noticed where it was made.</source>
        <translation>第 {step} 次迭代。它在产生的地方就被发现了。</translation>
    </message>
    <message>
        <source>{count} links between are not listed.</source>
        <translation>中间还有 {count} 个环节没有列出。</translation>
    </message>
    <message>
        <source>Show {source} in the source</source>
        <translation>在源代码中显示 {source}</translation>
    </message>
    <message>
        <source>{number} of {count}: {name}, {phase}. {reason}</source>
        <translation>{count} 个中的第 {number} 个：{name}，{phase}。{reason}</translation>
    </message>
    <message>
        <source>the model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>{module} open</source>
        <translation>{module} 已展开</translation>
    </message>
    <message>
        <source>element</source>
        <translation>元素</translation>
    </message>
    <message>
        <source>analytic</source>
        <translation>解析值</translation>
    </message>
    <message>
        <source>numeric</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>apart</source>
        <translation>相差</translation>
    </message>
    <message>
        <source>Drop one file at a time, from this machine.</source>
        <translation>一次只能拖入一个本机文件。</translation>
    </message>
    <message>
        <source>{0} is no model: drop a Python file, an exported program (.pt2), or weights.</source>
        <translation>{0} 不是模型：请拖入 Python 文件、导出的程序 (.pt2) 或权重。</translation>
    </message>
    <message>
        <source>Fold	Left</source>
        <translation>折叠	Left</translation>
    </message>
    <message>
        <source>Draw all {0} one by one	Right</source>
        <translation>逐个画出全部 {0} 个	Right</translation>
    </message>
    <message>
        <source>Unfold	Right</source>
        <translation>展开	Right</translation>
    </message>
    <message>
        <source>Unfold all inside</source>
        <translation>展开内部全部</translation>
    </message>
    <message>
        <source>Fold with its siblings into one</source>
        <translation>与同级模块折叠为一个</translation>
    </message>
    <message>
        <source>Breakpoint on this module</source>
        <translation>在此模块设断点</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Recorded operations</source>
        <translation>记录的算子</translation>
    </message>
    <message>
        <source>Autograd graph</source>
        <translation>自动求导计算图</translation>
    </message>
    <message>
        <source>after the first forward, nothing is trained yet</source>
        <translation>第一次前向之后，还没有训练</translation>
    </message>
    <message>
        <source>{forward} forward, {backward} backward · no autograd graph: the gradients are derived by hand</source>
        <translation>{forward} 个前向，{backward} 个反向 · 没有自动求导计算图：梯度由手工推导</translation>
    </message>
    <message>
        <source>1 function</source>
        <translation>1 个函数</translation>
    </message>
    <message>
        <source>{0} functions</source>
        <translation>{0} 个函数</translation>
    </message>
    <message>
        <source>1 parameter</source>
        <translation>1 个参数</translation>
    </message>
    <message>
        <source>{0} parameters</source>
        <translation>{0} 个参数</translation>
    </message>
    <message>
        <source>same structure since iteration {0}</source>
        <translation>从迭代 {0} 起结构不变</translation>
    </message>
    <message>
        <source>this structure since iteration {0}</source>
        <translation>从迭代 {0} 起为此结构</translation>
    </message>
    <message>
        <source>{text} … The console has all of it.</source>
        <translation>{text} … 全文在控制台中。</translation>
    </message>
    <message>
        <source>Dim</source>
        <translation>淡化</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Parameters and buffers</source>
        <translation>参数和缓冲区</translation>
    </message>
    <message>
        <source>Views and reshapes</source>
        <translation>视图和变形</translation>
    </message>
    <message>
        <source>Data and inputs without gradient</source>
        <translation>数据和不需要梯度的输入</translation>
    </message>
    <message>
        <source>open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>in {0}</source>
        <translation>在 {0} 中</translation>
    </message>
    <message>
        <source>{0}, calls {1} to {2}</source>
        <translation>{0}，第 {1} 到 {2} 次调用</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} 到 {1}</translation>
    </message>
    <message>
        <source>{0} folded</source>
        <translation>{0} 已折叠</translation>
    </message>
    <message>
        <source>in {module}</source>
        <translation>在 {module} 中</translation>
    </message>
    <message>
        <source>term of the step</source>
        <translation>更新量的项</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>范数</translation>
    </message>
    <message>
        <source>the step, their sum</source>
        <translation>更新量，各项之和</translation>
    </message>
    <message>
        <source>its state</source>
        <translation>它的状态</translation>
    </message>
    <message>
        <source>norm before</source>
        <translation>更新前的范数</translation>
    </message>
    <message>
        <source>after</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Show the values</source>
        <translation>显示各个值</translation>
    </message>
    <message>
        <source>module</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>never called</source>
        <translation>从未调用</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>源代码</translation>
    </message>
    <message>
        <source>Operations</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Module</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>Inputs and output</source>
        <translation>输入与输出</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>已冻结</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>以及另外 {count} 个</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>It has none.</source>
        <translation>它没有。</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前向</translation>
    </message>
    <message>
        <source>Backward</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>Work</source>
        <translation>工作量</translation>
    </message>
    <message>
        <source>Held for backward</source>
        <translation>为反向保留</translation>
    </message>
    <message>
        <source>Nothing measured yet: press Run (F5) or One iteration (F7).</source>
        <translation>还没有测量：请按“运行”(F5) 或“一次迭代”(F7)。</translation>
    </message>
    <message>
        <source>Time and memory</source>
        <translation>时间与内存</translation>
    </message>
    <message>
        <source>norm, all parameters</source>
        <translation>范数，所有参数</translation>
    </message>
    <message>
        <source>largest</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Gradient</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>iteration {0}</source>
        <translation>迭代 {0}</translation>
    </message>
    <message>
        <source>Forward op</source>
        <translation>前向算子</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>none, plain tensors</source>
        <translation>无，普通张量</translation>
    </message>
    <message>
        <source>none, outside of every module</source>
        <translation>无，在所有模块之外</translation>
    </message>
    <message>
        <source>, use {use} of {uses}</source>
        <translation>，第 {use}/{uses} 次使用</translation>
    </message>
    <message>
        <source>the network itself</source>
        <translation>网络本身</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>added up here by backward</source>
        <translation>由反向在这里累加</translation>
    </message>
    <message>
        <source>not asked for</source>
        <translation>不需要</translation>
    </message>
    <message>
        <source>input {input_nr}</source>
        <translation>输入 {input_nr}</translation>
    </message>
    <message>
        <source>to {node}</source>
        <translation>传给 {node}</translation>
    </message>
    <message>
        <source>to {count} consumers</source>
        <translation>传给 {count} 个使用者</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>未使用</translation>
    </message>
    <message>
        <source>outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>use {number}</source>
        <translation>第 {number} 次使用</translation>
    </message>
    <message>
        <source>Consumers</source>
        <translation>使用者</translation>
    </message>
    <message>
        <source>output {output_nr}</source>
        <translation>输出 {output_nr}</translation>
    </message>
    <message>
        <source>Saved for backward</source>
        <translation>为反向保存</translation>
    </message>
    <message>
        <source>Backward needs no tensor of it.</source>
        <translation>反向不需要它的张量。</translation>
    </message>
    <message>
        <source>Freed by backward. Run on, and their sizes appear here.</source>
        <translation>已被反向释放。继续运行，它们的大小就会显示在这里。</translation>
    </message>
    <message>
        <source>Freed by backward; the next forward saves as much.</source>
        <translation>已被反向释放；下一次前向会保存同样多。</translation>
    </message>
    <message>
        <source>Kept by the optimizer</source>
        <translation>优化器保存的状态</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Tour</source>
        <translation>导览</translation>
    </message>
    <message>
        <source>Show the answer</source>
        <translation>显示答案</translation>
    </message>
    <message>
        <source>Hide the answer</source>
        <translation>隐藏答案</translation>
    </message>
    <message>
        <source>End the tour</source>
        <translation>结束导览</translation>
    </message>
    <message>
        <source>Next lesson: {name}</source>
        <translation>下一课：{name}</translation>
    </message>
    <message>
        <source>Begin again</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>to do now</source>
        <translation>现在要做</translation>
    </message>
    <message>
        <source>to do later</source>
        <translation>稍后要做</translation>
    </message>
    <message>
        <source>Show {name}</source>
        <translation>显示 {name}</translation>
    </message>
    <message>
        <source>No lesson</source>
        <translation>没有课程</translation>
    </message>
    <message>
        <source>Lessons are about the built-in networks.</source>
        <translation>课程讲解的是内置网络。</translation>
    </message>
    <message>
        <source>Close the lesson</source>
        <translation>关闭课程</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Of the script, as after its name on the command line</source>
        <translation>脚本的参数，与命令行中脚本名之后的相同</translation>
    </message>
    <message>
        <source>Python</source>
        <translation>Python</translation>
    </message>
    <message>
        <source>The environment whose torch and packages the model uses; gradviz need not be installed there</source>
        <translation>模型使用其中的 torch 和软件包的环境；gradviz 不必安装在其中</translation>
    </message>
    <message>
        <source>{version}  own</source>
        <translation>{version}  自带</translation>
    </message>
    <message>
        <source>Other…</source>
        <translation>其他…</translation>
    </message>
    <message>
        <source>The python of an environment</source>
        <translation>某个环境的 python</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} h</source>
        <translation>{0} 小时</translation>
    </message>
    <message>
        <source>Show in Runs</source>
        <translation>在“运行”中显示</translation>
    </message>
    <message>
        <source>Open this configuration</source>
        <translation>打开此配置</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>复制为 CSV</translation>
    </message>
    <message>
        <source>Configuration</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>The lowest loss; of a configuration the mean ± its spread over the seeds</source>
        <translation>最低的损失；对于一种配置，为各种子的平均值 ± 离散程度</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>迭代次数</translation>
    </message>
    <message>
        <source>Until the loss was down to the threshold</source>
        <translation>损失降到阈值所用的迭代次数</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Of training, until the loss was down to the threshold</source>
        <translation>损失降到阈值所用的训练时间</translation>
    </message>
    <message>
        <source>Final</source>
        <translation>最终</translation>
    </message>
    <message>
        <source>The last loss</source>
        <translation>最后的损失</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>opening</source>
        <translation>打开中</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>No color</source>
        <translation>无颜色</translation>
    </message>
    <message>
        <source>Export a run</source>
        <translation>导出运行</translation>
    </message>
    <message>
        <source>Export for TensorBoard</source>
        <translation>导出到 TensorBoard</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Import runs</source>
        <translation>导入运行</translation>
    </message>
    <message>
        <source>Import a folder of TensorBoard</source>
        <translation>导入 TensorBoard 的文件夹</translation>
    </message>
    <message>
        <source>recording</source>
        <translation>正在记录</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>died</source>
        <translation>引擎已终止</translation>
    </message>
    <message>
        <source>killed</source>
        <translation>被终止</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最后</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>the file is too large</source>
        <translation>文件过大</translation>
    </message>
    <message>
        <source>called {0} times in the iteration; the output is that of the first call</source>
        <translation>在这次迭代中调用了 {0} 次；输出是第一次调用的</translation>
    </message>
    <message>
        <source>never called: no node of the graph is of this module itself</source>
        <translation>从未调用：计算图中没有属于这个模块本身的节点</translation>
    </message>
    <message>
        <source>{0} parameters are frozen</source>
        <translation>{0} 个参数已冻结</translation>
    </message>
    <message>
        <source>Name in the model, and class</source>
        <translation>在模型中的名称，以及类</translation>
    </message>
    <message>
        <source>Elements of all parameters inside; a tensor with two names counts once</source>
        <translation>内部所有参数的元素个数；有两个名称的张量只计一次</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Shape that the first call returns</source>
        <translation>第一次调用返回的形状</translation>
    </message>
    <message>
        <source>Own</source>
        <translation>自有</translation>
    </message>
    <message>
        <source>Elements of the parameters that the module itself holds</source>
        <translation>模块自身持有的参数的元素个数</translation>
    </message>
    <message>
        <source>Trainable</source>
        <translation>可训练</translation>
    </message>
    <message>
        <source>Elements of the parameters that want a gradient</source>
        <translation>需要梯度的参数的元素个数</translation>
    </message>
    <message>
        <source>Bytes of all parameters inside</source>
        <translation>内部所有参数的字节数</translation>
    </message>
    <message>
        <source>FLOP</source>
        <translation>FLOP</translation>
    </message>
    <message>
        <source>Floating-point operations of forward, measured while this is shown</source>
        <translation>前向的浮点运算次数，显示时测量</translation>
    </message>
    <message>
        <source>Time in forward, measured while this is shown</source>
        <translation>前向用时，显示时测量</translation>
    </message>
    <message>
        <source>Time in backward, measured while this is shown</source>
        <translation>反向用时，显示时测量</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Of the time of forward and backward together</source>
        <translation>占前向与反向总用时的比例</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Bytes held for backward, measured while this is shown</source>
        <translation>为反向保留的字节数，显示时测量</translation>
    </message>
    <message>
        <source>{0}: not measured</source>
        <translation>{0}：未测量</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Dtype</source>
        <translation>数据类型</translation>
    </message>
    <message>
        <source>Order of creation; leaves, data and the loss have none</source>
        <translation>产生的顺序；叶子、数据和损失没有</translation>
    </message>
    <message>
        <source>What the node is called; all names of a shared leaf</source>
        <translation>节点的名称；共享叶子的所有名称</translation>
    </message>
    <message>
        <source>Kind of node</source>
        <translation>节点的种类</translation>
    </message>
    <message>
        <source>Class of the autograd node</source>
        <translation>自动求导节点的类</translation>
    </message>
    <message>
        <source>The forward call that made it</source>
        <translation>产生它的前向调用</translation>
    </message>
    <message>
        <source>The module call around it</source>
        <translation>所在的模块调用</translation>
    </message>
    <message>
        <source>The line of code that made it</source>
        <translation>产生它的代码行</translation>
    </message>
    <message>
        <source>Shape of the first output</source>
        <translation>第一个输出的形状</translation>
    </message>
    <message>
        <source>Type of the elements of the first output</source>
        <translation>第一个输出的元素类型</translation>
    </message>
    <message>
        <source>No gradient</source>
        <translation>没有梯度</translation>
    </message>
    <message>
        <source>Only backward can tell</source>
        <translation>只有反向才能知道</translation>
    </message>
    <message>
        <source>Not updated as one would expect</source>
        <translation>更新情况异常</translation>
    </message>
    <message>
        <source>One tensor, several names</source>
        <translation>一个张量，多个名称</translation>
    </message>
    <message>
        <source>What could not be explained</source>
        <translation>无法解释的部分</translation>
    </message>
    <message>
        <source>scalar</source>
        <translation>标量</translation>
    </message>
    <message>
        <source>norm in iteration {0}</source>
        <translation>迭代 {0} 中的范数</translation>
    </message>
    <message>
        <source>Smallest gradients</source>
        <translation>最小的梯度</translation>
    </message>
    <message>
        <source>Copied the first {shown} of {whole} values; its window copies any slice.</source>
        <translation>已复制 {whole} 个值中的前 {shown} 个；它的窗口可以复制任意切片。</translation>
    </message>
    <message>
        <source>before the update</source>
        <translation>更新之前</translation>
    </message>
    <message>
        <source>after the update</source>
        <translation>更新之后</translation>
    </message>
    <message>
        <source>before the update:</source>
        <translation>更新前：</translation>
    </message>
    <message>
        <source>after the update:</source>
        <translation>更新后：</translation>
    </message>
    <message>
        <source>gradient passed on</source>
        <translation>传下去的梯度</translation>
    </message>
    <message>
        <source>begins</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>{ran}, {time}</source>
        <translation>{ran}，{time}</translation>
    </message>
    <message>
        <source>{ran} {unit}, {time} so far</source>
        <translation>{ran} {unit}，目前 {time}</translation>
    </message>
    <message>
        <source>{ran} {unit}, {time}</source>
        <translation>{ran} {unit}，{time}</translation>
    </message>
    <message>
        <source>{ran} of {count} {unit}, {time} so far</source>
        <translation>{count} {unit}中的 {ran} 个，目前 {time}</translation>
    </message>
    <message>
        <source>{ran} of {count}</source>
        <translation>{ran}/{count}</translation>
    </message>
    <message>
        <source>No iteration has been stepped yet</source>
        <translation>还没有单步执行过迭代</translation>
    </message>
    <message>
        <source>Press F11 to step into the first op, or set a breakpoint and continue with F5.</source>
        <translation>按 F11 进入第一个算子，或设置断点后按 F5 继续。</translation>
    </message>
    <message>
        <source>Looking back.</source>
        <translation>回看。</translation>
    </message>
    <message>
        <source>After the last point.</source>
        <translation>最后一个点之后。</translation>
    </message>
    <message>
        <source>Before {title}, {position}.</source>
        <translation>在 {title} 之前，{position}。</translation>
    </message>
    <message>
        <source>{ran} of {count} points have run.</source>
        <translation>已执行 {count} 个点中的 {ran} 个。</translation>
    </message>
    <message>
        <source>runs next</source>
        <translation>接下来执行</translation>
    </message>
    <message>
        <source>still to come</source>
        <translation>待执行</translation>
    </message>
    <message>
        <source>{place} in {phase}</source>
        <translation>{phase}中的 {place}</translation>
    </message>
    <message>
        <source>took {time}</source>
        <translation>用时 {time}</translation>
    </message>
    <message>
        <source>edited by hand</source>
        <translation>手工编辑</translation>
    </message>
    <message>
        <source>NaN or Inf came out</source>
        <translation>出现 NaN 或 Inf</translation>
    </message>
    <message>
        <source>Value or norm</source>
        <translation>值或范数</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>Norm of change</source>
        <translation>变化的范数</translation>
    </message>
    <message>
        <source>Largest change</source>
        <translation>最大变化</translation>
    </message>
    <message>
        <source>at</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Relative</source>
        <translation>相对</translation>
    </message>
    <message>
        <source>{0} at {1}</source>
        <translation>{0}，在 {1}</translation>
    </message>
    <message>
        <source>{0} from {1} to {2}</source>
        <translation>{0}，从 {1} 到 {2}</translation>
    </message>
    <message>
        <source>{0}, {1} more</source>
        <translation>{0}，另外 {1} 个</translation>
    </message>
    <message>
        <source>{0} losses of 0 or less, below a log scale</source>
        <translation>{0} 个小于等于 0 的损失，在对数刻度之下</translation>
    </message>
    <message>
        <source>smoothed {0}</source>
        <translation>平滑后 {0}</translation>
    </message>
    <message>
        <source>{name}, at {step}</source>
        <translation>{name}，第 {step} 次迭代</translation>
    </message>
    <message>
        <source>Iteration {0}</source>
        <translation>迭代 {0}</translation>
    </message>
    <message>
        <source>and {0} more runs</source>
        <translation>以及另外 {0} 次运行</translation>
    </message>
    <message>
        <source>smoothed</source>
        <translation>平滑后</translation>
    </message>
    <message>
        <source>run {0}</source>
        <translation>运行 {0}</translation>
    </message>
    <message>
        <source>The plot is written as .png, .svg or .csv, not as {0}; choose another name.</source>
        <translation>图可写成 .png、.svg 或 .csv，不能写成 {0}；请换一个名称。</translation>
    </message>
    <message>
        <source>a file without a suffix</source>
        <translation>没有扩展名的文件</translation>
    </message>
    <message>
        <source>There is no loss to export yet; run the network first.</source>
        <translation>还没有可导出的损失；请先运行网络。</translation>
    </message>
    <message>
        <source>Loss by iteration</source>
        <translation>各次迭代的损失</translation>
    </message>
    <message>
        <source>{module}: not sampled</source>
        <translation>{module}：未采样</translation>
    </message>
    <message>
        <source>{module} · iteration {step} · {value}</source>
        <translation>{module} · 第 {step} 次迭代 · {value}</translation>
    </message>
    <message>
        <source>Colors from {low} to {high}</source>
        <translation>颜色从 {low} 到 {high}</translation>
    </message>
    <message>
        <source>not finite</source>
        <translation>非有限值</translation>
    </message>
    <message>
        <source>It is sampled while it trains: press Run.</source>
        <translation>训练时采样：请按“运行”。</translation>
    </message>
    <message>
        <source>No run on the plot has it.</source>
        <translation>图表中没有运行包含它。</translation>
    </message>
    <message>
        <source>norm {norm}</source>
        <translation>范数 {norm}</translation>
    </message>
    <message>
        <source>1 match</source>
        <translation>1 个匹配</translation>
    </message>
    <message>
        <source>{0} matches</source>
        <translation>{0} 个匹配</translation>
    </message>
    <message>
        <source>ERROR</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>EDITED</source>
        <translation>已编辑</translation>
    </message>
    <message>
        <source>NEXT</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>{count} nodes</source>
        <translation>{count} 个节点</translation>
    </message>
    <message>
        <source>in {path} ({name})</source>
        <translation>在 {path} ({name}) 中</translation>
    </message>
    <message>
        <source>also called {names}</source>
        <translation>也叫 {names}</translation>
    </message>
    <message>
        <source>in {path}</source>
        <translation>在 {path} 中</translation>
    </message>
    <message>
        <source>from {names}</source>
        <translation>来自 {names}</translation>
    </message>
    <message>
        <source>to {names}</source>
        <translation>传给 {names}</translation>
    </message>
    <message>
        <source>Click the arrow to draw them one by one</source>
        <translation>单击箭头以逐个画出</translation>
    </message>
    <message>
        <source>Click to open this one alone</source>
        <translation>单击只展开这一个</translation>
    </message>
    <message>
        <source>open; Left folds it</source>
        <translation>已展开；Left 折叠</translation>
    </message>
    <message>
        <source>folded; Right unfolds it</source>
        <translation>已折叠；Right 展开</translation>
    </message>
    <message>
        <source>No graph yet</source>
        <translation>还没有计算图</translation>
    </message>
    <message>
        <source>Next: {node}</source>
        <translation>接下来：{node}</translation>
    </message>
    <message>
        <source>Selected: {node}</source>
        <translation>已选中：{node}</translation>
    </message>
    <message>
        <source>{count} nodes; arrow keys walk along the edges</source>
        <translation>{count} 个节点；方向键沿边移动</translation>
    </message>
    <message>
        <source>1 node</source>
        <translation>1 个节点</translation>
    </message>
    <message>
        <source>This node has no formula of its own; select an op.</source>
        <translation>这个节点没有自己的公式；选择一个算子。</translation>
    </message>
    <message>
        <source>This iteration ran freely. Run one iteration with F7, then check.</source>
        <translation>这次迭代是自由运行的。按 F7 运行一次迭代，然后再检查。</translation>
    </message>
    <message>
        <source>Wrote {0}</source>
        <translation>已写入 {0}</translation>
    </message>
    <message>
        <source>Runs imported: {count}.</source>
        <translation>已导入的运行：{count}。</translation>
    </message>
    <message>
        <source>The curve of {run} is on the plot, what happened to it are marks there.</source>
        <translation>{run} 的曲线在图表中，它经历的事件是其中的标记。</translation>
    </message>
    <message>
        <source>No graph was recorded of {run}.</source>
        <translation>{run} 没有记录计算图。</translation>
    </message>
    <message>
        <source>{run} has no checkpoint to go on from.</source>
        <translation>{run} 没有可以继续的检查点。</translation>
    </message>
    <message>
        <source>The checkpoint cannot be read: {reason}.</source>
        <translation>无法读取检查点：{reason}。</translation>
    </message>
    <message>
        <source>function</source>
        <translation>函数</translation>
    </message>
    <message>
        <source>custom Function</source>
        <translation>自定义 Function</translation>
    </message>
    <message>
        <source>parameter</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>leaf without gradient</source>
        <translation>不需要梯度的叶子</translation>
    </message>
    <message>
        <source>input without gradient</source>
        <translation>不需要梯度的输入</translation>
    </message>
    <message>
        <source>opaque region</source>
        <translation>不透明区域</translation>
    </message>
    <message>
        <source>recorded op</source>
        <translation>记录的算子</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Epsilon</source>
        <translation>Epsilon</translation>
    </message>
    <message>
        <source>Rate decay</source>
        <translation>学习率衰减</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>Initial sum</source>
        <translation>初始累加值</translation>
    </message>
    <message>
        <source>Mom. decay</source>
        <translation>动量衰减</translation>
    </message>
    <message>
        <source>Decoupled</source>
        <translation>解耦</translation>
    </message>
    <message>
        <source>Beta 2 decay</source>
        <translation>Beta 2 衰减</translation>
    </message>
    <message>
        <source>Max. iterations</source>
        <translation>最多迭代</translation>
    </message>
    <message>
        <source>Max. evaluations</source>
        <translation>最多求值</translation>
    </message>
    <message>
        <source>Gradient tol.</source>
        <translation>梯度容差</translation>
    </message>
    <message>
        <source>Change tol.</source>
        <translation>变化容差</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Line search</source>
        <translation>线搜索</translation>
    </message>
    <message>
        <source>Clip above</source>
        <translation>裁剪上限</translation>
    </message>
    <message>
        <source>Step sizes</source>
        <translation>步长</translation>
    </message>
    <message>
        <source>AMSGrad</source>
        <translation>AMSGrad</translation>
    </message>
    <message>
        <source>Adjust rate</source>
        <translation>调整学习率</translation>
    </message>
    <message>
        <source>N-S factors</source>
        <translation>N-S 系数</translation>
    </message>
    <message>
        <source>N-S steps</source>
        <translation>N-S 步数</translation>
    </message>
    <message>
        <source>Differentiable</source>
        <translation>可微</translation>
    </message>
    <message>
        <source>%s needs a value.</source>
        <translation>%s 需要一个值。</translation>
    </message>
    <message>
        <source>The learning rate must be more than 0.</source>
        <translation>学习率必须大于 0。</translation>
    </message>
    <message>
        <source>%s must be a whole number.</source>
        <translation>%s 必须是整数。</translation>
    </message>
    <message>
        <source>%s must be between %s and %s.</source>
        <translation>%s 必须在 %s 和 %s 之间。</translation>
    </message>
    <message>
        <source>%s must be a number, like 0.01 or 1e-4.</source>
        <translation>%s 必须是数，例如 0.01 或 1e-4。</translation>
    </message>
    <message>
        <source>%s must be %d numbers with a comma between.</source>
        <translation>%s 必须是用逗号分隔的 %d 个数。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>A folded module shows the sum of what is inside.</source>
        <translation>折叠的模块显示内部各值之和。</translation>
    </message>
    <message>
        <source>A folded module shows the largest value inside.</source>
        <translation>折叠的模块显示内部的最大值。</translation>
    </message>
    <message>
        <source>A folded module shows the largest finite value inside: masks are infinite on purpose.</source>
        <translation>折叠的模块显示内部的最大有限值：掩码特意取无穷。</translation>
    </message>
    <message>
        <source>A folded module has a colour where all inside is of one group.</source>
        <translation>内部都属于一个组时，折叠的模块才有颜色。</translation>
    </message>
    <message>
        <source>Colour the nodes by what is known or measured of them</source>
        <translation>按已知或测量的内容给节点着色</translation>
    </message>
    <message>
        <source>other kinds</source>
        <translation>其他种类</translation>
    </message>
    <message>
        <source>other modules</source>
        <translation>其他模块</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Once a second</source>
        <translation>每秒一次</translation>
    </message>
    <message>
        <source>{0} times a second</source>
        <translation>每秒 {0} 次</translation>
    </message>
    <message>
        <source>forward</source>
        <translation>前向</translation>
    </message>
    <message>
        <source>backward</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>update</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Update</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>op</source>
        <comment>counted</comment>
        <translation>个算子</translation>
    </message>
    <message>
        <source>node</source>
        <comment>counted</comment>
        <translation>个节点</translation>
    </message>
    <message>
        <source>parameter</source>
        <comment>counted</comment>
        <translation>个参数</translation>
    </message>
    <message>
        <source>ops</source>
        <comment>counted</comment>
        <translation>个算子</translation>
    </message>
    <message>
        <source>nodes</source>
        <comment>counted</comment>
        <translation>个节点</translation>
    </message>
    <message>
        <source>parameters</source>
        <comment>counted</comment>
        <translation>个参数</translation>
    </message>
    <message>
        <source>a node</source>
        <translation>一个节点</translation>
    </message>
    <message>
        <source>an operation</source>
        <translation>一个算子</translation>
    </message>
    <message>
        <source>{module}, use {use} of {uses}</source>
        <translation>{module}，第 {use}/{uses} 次使用</translation>
    </message>
    <message>
        <source>{module}, use {use}</source>
        <translation>{module}，第 {use} 次使用</translation>
    </message>
    <message>
        <source>{name}: not kept</source>
        <translation>{name}：未保留</translation>
    </message>
    <message>
        <source>{name}: none</source>
        <translation>{name}：无</translation>
    </message>
    <message>
        <source>{unit} {position} of {count}</source>
        <translation>第 {position}/{count} {unit}</translation>
    </message>
    <message>
        <source>{unit} {position}</source>
        <translation>第 {position} {unit}</translation>
    </message>
    <message>
        <source>Engine: torch {0}, Python {1}</source>
        <translation>引擎：torch {0}，Python {1}</translation>
    </message>
    <message>
        <source>Engine: not ready</source>
        <translation>引擎：未就绪</translation>
    </message>
    <message>
        <source>Window: Qt {0}, Python {1}</source>
        <translation>窗口：Qt {0}，Python {1}</translation>
    </message>
    <message>
        <source>More panels:
{names}</source>
        <translation>更多面板：
{names}</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1}. Choose another place.</source>
        <translation>无法写入 {0}：{1}。请换一个位置。</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>转到</translation>
    </message>
    <message>
        <source>Interface</source>
        <translation>界面</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Breakpoints</source>
        <translation>断点</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>略去</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Light or dark as the desktop is</source>
        <translation>随桌面设置使用浅色或深色</translation>
    </message>
    <message>
        <source>Always light</source>
        <translation>始终浅色</translation>
    </message>
    <message>
        <source>Always dark</source>
        <translation>始终深色</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Open a Python file, an exported program, or weights</source>
        <translation>打开 Python 文件、导出的程序或权重</translation>
    </message>
    <message>
        <source>Open by name…</source>
        <translation>按名称打开…</translation>
    </message>
    <message>
        <source>Name a file or package.module, and the factory in it</source>
        <translation>指明文件或 package.module，以及其中的工厂函数</translation>
    </message>
    <message>
        <source>Export picture…</source>
        <translation>导出图片…</translation>
    </message>
    <message>
        <source>Write the graph as SVG, PDF, PNG, DOT or JSON</source>
        <translation>把计算图写成 SVG、PDF、PNG、DOT 或 JSON</translation>
    </message>
    <message>
        <source>Export loss…</source>
        <translation>导出损失…</translation>
    </message>
    <message>
        <source>Write the loss as PNG, SVG or CSV</source>
        <translation>把损失写成 PNG、SVG 或 CSV</translation>
    </message>
    <message>
        <source>Export nodes…</source>
        <translation>导出节点…</translation>
    </message>
    <message>
        <source>Write all nodes with all columns of the table as CSV</source>
        <translation>把所有节点和表格的所有列写成 CSV</translation>
    </message>
    <message>
        <source>Export modules…</source>
        <translation>导出模块…</translation>
    </message>
    <message>
        <source>Write the totals by module as CSV</source>
        <translation>把各模块的合计写成 CSV</translation>
    </message>
    <message>
        <source>Export reach…</source>
        <translation>导出梯度可达性…</translation>
    </message>
    <message>
        <source>Write which parameters get a gradient, and why not, as CSV or text</source>
        <translation>把哪些参数得到梯度、哪些没有及原因写成 CSV 或文本</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>End the engine and close the window</source>
        <translation>结束引擎并关闭窗口</translation>
    </message>
    <message>
        <source>Copy node as text</source>
        <translation>以文本复制节点</translation>
    </message>
    <message>
        <source>Put what the inspector says on the clipboard</source>
        <translation>把检查器的内容放到剪贴板</translation>
    </message>
    <message>
        <source>Find node…</source>
        <translation>查找节点…</translation>
    </message>
    <message>
        <source>Find nodes by name, op, module or shape</source>
        <translation>按名称、算子、模块或形状查找节点</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Go to the next match</source>
        <translation>转到下一个匹配</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Go to the match before</source>
        <translation>转到上一个匹配</translation>
    </message>
    <message>
        <source>Command palette…</source>
        <translation>命令面板…</translation>
    </message>
    <message>
        <source>Find any action, network or node by typing a part of its name</source>
        <translation>输入名称的一部分，查找任何操作、网络或节点</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Draw the graph larger</source>
        <translation>把计算图画得更大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Draw the graph smaller</source>
        <translation>把计算图画得更小</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Draw the graph at 100 %</source>
        <translation>以 100 % 画出计算图</translation>
    </message>
    <message>
        <source>Show the whole graph; on the canvas F does it too</source>
        <translation>显示整个计算图；在画布上按 F 也可以</translation>
    </message>
    <message>
        <source>Choose colours…</source>
        <translation>选择着色…</translation>
    </message>
    <message>
        <source>Fit colour scale</source>
        <translation>适配色标</translation>
    </message>
    <message>
        <source>Let the scale span the values of now; while training it only grows</source>
        <translation>让色标覆盖现在的数值；训练时它只会变宽</translation>
    </message>
    <message>
        <source>Derivative at a stop</source>
        <translation>停下时的导数</translation>
    </message>
    <message>
        <source>The card with the formula of the node and of its backward</source>
        <translation>显示节点及其反向公式的卡片</translation>
    </message>
    <message>
        <source>Large formulas</source>
        <translation>大号公式</translation>
    </message>
    <message>
        <source>Formulas that can be read on a projector</source>
        <translation>在投影上也能看清的公式</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>更大</translation>
    </message>
    <message>
        <source>Show everything larger, for a projector</source>
        <translation>全部放大，用于投影</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>更小</translation>
    </message>
    <message>
        <source>Show everything smaller</source>
        <translation>全部缩小</translation>
    </message>
    <message>
        <source>As the system asks</source>
        <translation>随系统设置</translation>
    </message>
    <message>
        <source>Show everything at 100 %</source>
        <translation>全部按 100 % 显示</translation>
    </message>
    <message>
        <source>Animations</source>
        <translation>动画</translation>
    </message>
    <message>
        <source>Let folds and the view glide to their places; none where the system wants none</source>
        <translation>折叠和视图平滑移动到位；系统不要动画时没有</translation>
    </message>
    <message>
        <source>Takes effect at the next start, which is offered</source>
        <translation>下次启动时生效，届时可以立即重启</translation>
    </message>
    <message>
        <source>One iteration</source>
        <translation>一次迭代</translation>
    </message>
    <message>
        <source>Run one forward, backward and update, and hold</source>
        <translation>执行一次前向、反向和更新，然后停下</translation>
    </message>
    <message>
        <source>Step back</source>
        <translation>后退一步</translation>
    </message>
    <message>
        <source>Look at the point before; the engine stays where it is</source>
        <translation>查看前一个点；引擎停在原处</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Run one op or node, over the module that begins here</source>
        <translation>执行一个算子或节点，越过从这里开始的模块</translation>
    </message>
    <message>
        <source>Step in</source>
        <translation>单步进入</translation>
    </message>
    <message>
        <source>Run one op or node, and stop</source>
        <translation>执行一个算子或节点，然后停下</translation>
    </message>
    <message>
        <source>Step out</source>
        <translation>单步跳出</translation>
    </message>
    <message>
        <source>Run to the end of the module</source>
        <translation>执行到模块结束</translation>
    </message>
    <message>
        <source>Run to here</source>
        <translation>运行到此处</translation>
    </message>
    <message>
        <source>Run until the selected node is next</source>
        <translation>运行到即将执行选中的节点</translation>
    </message>
    <message>
        <source>Next phase</source>
        <translation>下一阶段</translation>
    </message>
    <message>
        <source>Run to the first point of forward, backward or update</source>
        <translation>运行到前向、反向或更新的第一个点</translation>
    </message>
    <message>
        <source>Next iteration</source>
        <translation>下一次迭代</translation>
    </message>
    <message>
        <source>Run to the first op of the next iteration</source>
        <translation>运行到下一次迭代的第一个算子</translation>
    </message>
    <message>
        <source>Back to iteration…</source>
        <translation>回到某次迭代…</translation>
    </message>
    <message>
        <source>Stop before the first op of an iteration that has run; in the plot, a click with the right button</source>
        <translation>停在已运行过的某次迭代的第一个算子之前；在图表中单击右键</translation>
    </message>
    <message>
        <source>When did it first…</source>
        <translation>何时首次出现…</translation>
    </message>
    <message>
        <source>Stop in the first iteration of this run that met a condition</source>
        <translation>停在此运行中首次满足某个条件的迭代</translation>
    </message>
    <message>
        <source>Keep a checkpoint</source>
        <translation>保存检查点</translation>
    </message>
    <message>
        <source>Keep the state of the run in its recording, to go on from there another time; the Runs panel resumes it</source>
        <translation>把运行的状态保存到它的记录中，以便以后从那里继续；“运行”面板可以恢复它</translation>
    </message>
    <message>
        <source>Back to now</source>
        <translation>回到现在</translation>
    </message>
    <message>
        <source>Look again at where the engine stands</source>
        <translation>重新查看引擎停在的位置</translation>
    </message>
    <message>
        <source>Memory for looking back…</source>
        <translation>回看所用的内存…</translation>
    </message>
    <message>
        <source>How much of the past values of an iteration is held, to be shown again</source>
        <translation>为再次显示而保留一次迭代中多少过去的数值</translation>
    </message>
    <message>
        <source>Recording…</source>
        <translation>记录…</translation>
    </message>
    <message>
        <source>Whether and where runs are recorded, checkpoints, and when old runs are removed</source>
        <translation>是否记录运行、记录在哪里、检查点，以及何时删除旧的运行</translation>
    </message>
    <message>
        <source>Race…</source>
        <translation>竞赛…</translation>
    </message>
    <message>
        <source>Let optimizers, learning rates and seeds run side by side from the same weights</source>
        <translation>让优化器、学习率和种子从相同的权重开始并排运行</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Begin again from iteration 0; the curve so far stays for comparison</source>
        <translation>从迭代 0 重新开始；已有的曲线留作比较</translation>
    </message>
    <message>
        <source>End the engine process and start a new one; curves and graph stay</source>
        <translation>结束引擎进程并启动新的；曲线和计算图保留</translation>
    </message>
    <message>
        <source>Breakpoint on this node</source>
        <translation>在此节点设断点</translation>
    </message>
    <message>
        <source>Stop before the selected node, in forward and backward; press again to remove</source>
        <translation>在前向和反向中停在选中的节点之前；再按一次删除</translation>
    </message>
    <message>
        <source>Breakpoint on this kind of op</source>
        <translation>在此类算子设断点</translation>
    </message>
    <message>
        <source>Stop before every op of the selected node's kind</source>
        <translation>停在与选中节点同类的每个算子之前</translation>
    </message>
    <message>
        <source>Stop on entering the module of the selected node</source>
        <translation>进入选中节点所在的模块时停下</translation>
    </message>
    <message>
        <source>Add breakpoint…</source>
        <translation>添加断点…</translation>
    </message>
    <message>
        <source>On a line, an op, a module, a phase, an iteration, or a condition on values</source>
        <translation>在某行、某算子、某模块、某阶段、某次迭代，或按数值的条件</translation>
    </message>
    <message>
        <source>Break on NaN</source>
        <translation>遇到 NaN 时停下</translation>
    </message>
    <message>
        <source>Stop where a NaN or Inf begins that reaches the loss, a gradient or an update; training runs on at full speed</source>
        <translation>停在 NaN 或 Inf 开始的地方，只要它到达损失、梯度或更新；训练全速进行</translation>
    </message>
    <message>
        <source>The way of a NaN or Inf, from the op that made the first to where it was noticed</source>
        <translation>NaN 或 Inf 的来路：从产生首个的算子，到发现它的地方</translation>
    </message>
    <message>
        <source>Where does this NaN come from?</source>
        <translation>这个 NaN 从哪里来？</translation>
    </message>
    <message>
        <source>The way of the NaN or Inf that the selected node, or its gradient, holds</source>
        <translation>所选节点或其梯度所含的 NaN 或 Inf 的来路</translation>
    </message>
    <message>
        <source>Check derivative</source>
        <translation>检查导数</translation>
    </message>
    <message>
        <source>Compare what the selected node's backward computes with differences of its forward, on a copy</source>
        <translation>把所选节点的反向传播的计算结果与前向传播的差分比较，在副本上进行</translation>
    </message>
    <message>
        <source>What moved in the spike?</source>
        <translation>尖峰中是什么变动了？</translation>
    </message>
    <message>
        <source>Modules whose step or gradient is farthest above their own history, and the rows of the batch, each run alone</source>
        <translation>更新量或梯度偏离自身历史最远的模块，以及单独运行的批次各行</translation>
    </message>
    <message>
        <source>Nothing is highlighted.</source>
        <translation>没有突出显示的内容。</translation>
    </message>
    <message>
        <source>Go to the loss</source>
        <translation>转到损失</translation>
    </message>
    <message>
        <source>Select where backward starts</source>
        <translation>选择反向开始的位置</translation>
    </message>
    <message>
        <source>Centre on the selected node</source>
        <translation>居中显示选中的节点</translation>
    </message>
    <message>
        <source>Bring the selected node to the middle</source>
        <translation>把选中的节点移到中间</translation>
    </message>
    <message>
        <source>Show source line</source>
        <translation>显示源代码行</translation>
    </message>
    <message>
        <source>Show the line of code that made the selected node</source>
        <translation>显示产生选中节点的代码行</translation>
    </message>
    <message>
        <source>Highlight ancestors</source>
        <translation>突出显示上游</translation>
    </message>
    <message>
        <source>Everything that the selected node is computed from</source>
        <translation>选中节点由之计算得到的一切</translation>
    </message>
    <message>
        <source>Highlight descendants</source>
        <translation>突出显示下游</translation>
    </message>
    <message>
        <source>Everything that is computed from the selected node</source>
        <translation>由选中节点计算得到的一切</translation>
    </message>
    <message>
        <source>Highlight both</source>
        <translation>突出显示上下游</translation>
    </message>
    <message>
        <source>Everything before and after the selected node</source>
        <translation>选中节点之前和之后的一切</translation>
    </message>
    <message>
        <source>Highlight the gradient's way</source>
        <translation>突出显示梯度的路径</translation>
    </message>
    <message>
        <source>Everything that a gradient passes on its way from the loss to the selected node</source>
        <translation>梯度从损失到选中节点途经的一切</translation>
    </message>
    <message>
        <source>Clear highlight</source>
        <translation>清除突出显示</translation>
    </message>
    <message>
        <source>Show the whole graph at full strength again</source>
        <translation>重新完整显示整个计算图</translation>
    </message>
    <message>
        <source>Fold all modules</source>
        <translation>折叠所有模块</translation>
    </message>
    <message>
        <source>Draw each module as one box</source>
        <translation>每个模块画成一个框</translation>
    </message>
    <message>
        <source>Unfold all modules</source>
        <translation>展开所有模块</translation>
    </message>
    <message>
        <source>Draw what is inside of every module</source>
        <translation>画出每个模块的内部</translation>
    </message>
    <message>
        <source>One level deeper</source>
        <translation>展开一层</translation>
    </message>
    <message>
        <source>Open the modules inside of those that are open</source>
        <translation>展开已打开模块内部的模块</translation>
    </message>
    <message>
        <source>One level less deep</source>
        <translation>折叠一层</translation>
    </message>
    <message>
        <source>Fold the innermost modules that are open</source>
        <translation>折叠最内层的打开模块</translation>
    </message>
    <message>
        <source>Fold the module around</source>
        <translation>折叠所在模块</translation>
    </message>
    <message>
        <source>Fold the module that what is selected stands in</source>
        <translation>折叠选中内容所在的模块</translation>
    </message>
    <message>
        <source>Unfold the path to the node</source>
        <translation>展开通向节点的路径</translation>
    </message>
    <message>
        <source>Open the modules that hide the selected node, or the point that is shown</source>
        <translation>展开遮住选中节点或所示位置的模块</translation>
    </message>
    <message>
        <source>Dim or hide what stands for a tensor with a name</source>
        <translation>淡化或隐藏代表有名称张量的节点</translation>
    </message>
    <message>
        <source>Dim or hide ops that only look at their input in another way</source>
        <translation>淡化或隐藏只是换一种方式看输入的算子</translation>
    </message>
    <message>
        <source>Dim or hide data, masks and inputs that want no gradient</source>
        <translation>淡化或隐藏数据、掩码和不需要梯度的输入</translation>
    </message>
    <message>
        <source>Hide instead of dim</source>
        <translation>隐藏而不是淡化</translation>
    </message>
    <message>
        <source>Leave no trace of what is left out</source>
        <translation>略去的内容不留痕迹</translation>
    </message>
    <message>
        <source>Next pane</source>
        <translation>下一个窗格</translation>
    </message>
    <message>
        <source>Tool bar, panels and canvas in turn</source>
        <translation>依次为工具栏、面板和画布</translation>
    </message>
    <message>
        <source>Previous pane</source>
        <translation>上一个窗格</translation>
    </message>
    <message>
        <source>Tool bar, panels and canvas the other way round</source>
        <translation>反向依次为工具栏、面板和画布</translation>
    </message>
    <message>
        <source>Canvas</source>
        <translation>画布</translation>
    </message>
    <message>
        <source>The keys go to the graph</source>
        <translation>按键作用于计算图</translation>
    </message>
    <message>
        <source>Bring the panel to the front; the keys go to it</source>
        <translation>把面板移到前面；按键作用于它</translation>
    </message>
    <message>
        <source>Show or hide this panel</source>
        <translation>显示或隐藏这个面板</translation>
    </message>
    <message>
        <source>Table in a large window</source>
        <translation>在大窗口中显示表格</translation>
    </message>
    <message>
        <source>All nodes with everything known and measured of them</source>
        <translation>所有节点及其已知和测量的全部内容</translation>
    </message>
    <message>
        <source>Restore panels</source>
        <translation>恢复面板</translation>
    </message>
    <message>
        <source>Put every panel back where it was at the first start</source>
        <translation>把每个面板放回第一次启动时的位置</translation>
    </message>
    <message>
        <source>Tour of the window</source>
        <translation>窗口导览</translation>
    </message>
    <message>
        <source>Five steps through the window, with the network dynamic</source>
        <translation>以网络 dynamic 为例，五步认识窗口</translation>
    </message>
    <message>
        <source>Lesson of this network</source>
        <translation>这个网络的课程</translation>
    </message>
    <message>
        <source>What to look at and what to press</source>
        <translation>看什么，按什么</translation>
    </message>
    <message>
        <source>The README, with the manuals it leads to</source>
        <translation>README 及其引向的手册</translation>
    </message>
    <message>
        <source>Every key that gradviz knows</source>
        <translation>gradviz 的所有快捷键</translation>
    </message>
    <message>
        <source>Report a problem…</source>
        <translation>报告问题…</translation>
    </message>
    <message>
        <source>Copy the versions and where the log is, for a report</source>
        <translation>复制版本信息和日志位置，用于报告</translation>
    </message>
    <message>
        <source>About gradviz</source>
        <translation>关于 gradviz</translation>
    </message>
    <message>
        <source>Version, licences, what runs the engine</source>
        <translation>版本、许可证、运行引擎的环境</translation>
    </message>
    <message>
        <source>The language changes when gradviz starts again</source>
        <translation>gradviz 重新启动后语言才会改变</translation>
    </message>
    <message>
        <source>{title} is opened again, with the same settings; its run begins anew.</source>
        <translation>{title} 会以相同的设置重新打开；它的运行从头开始。</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>立即重启</translation>
    </message>
    <message>
        <source>Open network</source>
        <translation>打开网络</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Cause</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Reach</source>
        <translation>可达性</translation>
    </message>
    <message>
        <source>Modules</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Race</source>
        <translation>竞赛</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>监视</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>控制台</translation>
    </message>
    <message>
        <source>{network}, run {number}</source>
        <translation>{network}，运行 {number}</translation>
    </message>
    <message>
        <source>{words} and {last}</source>
        <translation>{words} 和 {last}</translation>
    </message>
    <message>
        <source>Graphviz could not place this graph; fold some clusters and try again.</source>
        <translation>Graphviz 无法布局这个计算图；请折叠一些子图后重试。</translation>
    </message>
    <message>
        <source>data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Some of the drawing is simplified: laying it out in full takes too long. Fold clusters to see more.</source>
        <translation>绘图有所简化：完整布局需要太长时间。折叠一些子图可看到更多。</translation>
    </message>
    <message>
        <source>The layout process does not know this graph yet.</source>
        <translation>布局进程还不知道这个计算图。</translation>
    </message>
    <message>
        <source>The layout failed: {error}</source>
        <translation>布局失败：{error}</translation>
    </message>
    <message>
        <source>One block of a transformer</source>
        <translation>一个 Transformer 块</translation>
    </message>
    <message>
        <source>Characters of a sonnet go in; for each, the network guesses the next one. In `block.attention` every character looks at those before it, in four heads at once.</source>
        <translation>输入是一首十四行诗的字符；对每个字符，网络猜测下一个。在 `block.attention` 中，每个字符只看它之前的字符，四个头同时进行。</translation>
    </message>
    <message>
        <source>Modules within modules, and sums around them: what comes into a part is added to what comes out of it, so a gradient has a short way past each part.</source>
        <translation>模块之中还有模块，外面再加上残差连接：每一部分的输入会加到它的输出上，所以梯度有一条绕过这部分的捷径。</translation>
    </message>
    <message>
        <source>Why is −∞ put in before the softmax, and not 0 after it?</source>
        <translation>为什么在 softmax 之前填入 −∞，而不是在它之后填入 0？</translation>
    </message>
    <message>
        <source>exp(−∞) is 0, so a later character gets the weight 0 and the other weights still sum to 1. Zeros put in after the softmax would leave weights that sum to less, and the scores of later characters would have taken part in computing them. The gradient of what was masked is 0.</source>
        <translation>exp(−∞) 为 0，于是后面的字符权重为 0，而其余权重之和仍为 1。若在 softmax 之后填入 0，剩下的权重之和就小于 1，而且后面字符的分数已经参与了它们的计算。被掩掉部分的梯度为 0。</translation>
    </message>
    <message>
        <source>Select `softmax`, inside of `block.attention`. The node before it has put −∞ where a character would look ahead.</source>
        <translation>选中 `block.attention` 内的 `softmax`。它前面的节点在会看到后面字符的位置填入了 −∞。</translation>
    </message>
    <message>
        <source>Press [F11], Step in, until the scores are computed: the product of `q` and `k` says how well each pair of characters fits.</source>
        <translation>按 [F11]（单步进入），直到算出分数：`q` 与 `k` 的乘积表示每对字符的匹配程度。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase, for backward, then select `softmax` and press [Ctrl+F10], Run to here. Its value is in the Inspector: for each head 32 × 32 weights, and 0 above the diagonal.</source>
        <translation>按 [F8]（下一阶段）进入反向传播，然后选中 `softmax` 并按 [Ctrl+F10]（运行到此处）。检查器中是它的值：每个头 32 × 32 的权重，对角线以上为 0。</translation>
    </message>
    <message>
        <source>Press [F5], Continue: the loss begins near ln 49 = 3.9, as guessing among 49 characters would give, and falls.</source>
        <translation>按 [F5]（继续）：损失从接近 ln 49 = 3.9 开始，相当于在 49 个字符中随机猜测，然后下降。</translation>
    </message>
    <message>
        <source>autograd writes backward for you</source>
        <translation>autograd 替你写反向传播</translation>
    </message>
    <message>
        <source>Each box is now a node of autograd. It knows the derivative of its operation, and has saved what it needs for it. `loss.backward()` passes a gradient from node to node, from the loss up.</source>
        <translation>现在每个框都是自动求导的一个节点。它知道自己算子的导数，并保存了所需的内容。`loss.backward()` 从损失开始，把梯度逐个节点向上传递。</translation>
    </message>
    <message>
        <source>`w1` and `w2` are made with `requires_grad=True`, and the lines of `backward()` are gone. New are `zero_grad()`, since gradients are added to `.grad`, and `no_grad()` around the update.</source>
        <translation>`w1` 和 `w2` 以 `requires_grad=True` 创建，`backward()` 的那些代码行没有了。新增的是 `zero_grad()`（因为梯度会累加到 `.grad`）和更新外面的 `no_grad()`。</translation>
    </message>
    <message>
        <source>What would happen without `zero_grad()`?</source>
        <translation>如果没有 `zero_grad()` 会怎样？</translation>
    </message>
    <message>
        <source>`backward()` adds to `.grad`, it never replaces it. In the second iteration `w1.grad` would hold the sum of two gradients, in the tenth of ten: steps far too long, in directions that are partly out of date.</source>
        <translation>`backward()` 总是累加到 `.grad`，从不替换它。第二次迭代时 `w1.grad` 会是两个梯度之和，第十次是十个之和：步子太大，而且部分方向已经过时。</translation>
    </message>
    <message>
        <source>Select `clamp` and look in the Inspector for its saved tensors: `self` is `h`, which lesson 1 kept by hand.</source>
        <translation>选中 `clamp`，在检查器中看它保存的张量：`self` 就是 `h`，第 1 课里是手工保存的。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase, until backward begins: at the loss, with the gradient 1.</source>
        <translation>按 [F8]（下一阶段），直到反向传播开始：在损失处，梯度为 1。</translation>
    </message>
    <message>
        <source>Press [F11], Step in, until the second `mm` is next. Its card derives both factors: these are the lines for `grad_w2` and `grad_h_relu` of lesson 1.</source>
        <translation>按 [F11]（单步进入），直到即将执行第二个 `mm`。它的卡片推导了两个因子：就是第 1 课里 `grad_w2` 和 `grad_h_relu` 的那两行。</translation>
    </message>
    <message>
        <source>Press [F11]: `w2` has no line of code. Here the gradient that has arrived is added to `w2.grad`.</source>
        <translation>按 [F11]：`w2` 没有代码行。到达的梯度在这里累加到 `w2.grad`。</translation>
    </message>
    <message>
        <source>Press [F11]: `clamp` sets the gradient to 0 where `h` was negative, as one line of lesson 1 did.</source>
        <translation>按 [F11]：`clamp` 在 `h` 为负的地方把梯度置为 0，与第 1 课的一行代码相同。</translation>
    </message>
    <message>
        <source>Press [F8]: the update of `w1`, by hand as before. In `no_grad()`, it does not become a part of the graph.</source>
        <translation>按 [F8]：`w1` 的更新，仍然手工进行。在 `no_grad()` 中，它不会成为计算图的一部分。</translation>
    </message>
    <message>
        <source>lesson</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>Handwritten digits</source>
        <translation>手写数字</translation>
    </message>
    <message>
        <source>Two convolutions, each with a ReLU and a pooling that halves the image, then one linear layer with ten outputs, one for each digit.</source>
        <translation>两次卷积，各接一个 ReLU 和一个把图像减半的池化，然后是有十个输出的线性层，每个数字一个。</translation>
    </message>
    <message>
        <source>Real data: each iteration takes the next 64 images, so the loss jumps from batch to batch while it falls. The loss is the cross-entropy of ten classes.</source>
        <translation>真实数据：每次迭代取接下来的 64 张图像，所以损失在下降的同时随批次跳动。损失是十个类别的交叉熵。</translation>
    </message>
    <message>
        <source>Why does the loss start near 2.3?</source>
        <translation>为什么损失从接近 2.3 开始？</translation>
    </message>
    <message>
        <source>Before training, the network gives each of the ten digits about the same probability, 1/10. The cross-entropy is −ln of the probability of the right one: −ln 0.1 = 2.303. A first loss far from it means that something is wrong at the start.</source>
        <translation>训练之前，网络给十个数字的概率大致相同，都约为 1/10。交叉熵是正确类别概率的负对数：−ln 0.1 = 2.303。如果最初的损失离它很远，说明一开始就有问题。</translation>
    </message>
    <message>
        <source>Select `x`: 64 images of one channel and 8 × 8 pixels, other ones in each iteration.</source>
        <translation>选中 `x`：64 张单通道、8 × 8 像素的图像，每次迭代都不同。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase, until backward begins, then [F11]: `log_softmax` is next. With `nll_loss` below, it is what `nn.CrossEntropyLoss` consists of.</source>
        <translation>按 [F8]（下一阶段），直到反向传播开始，然后按 [F11]：即将执行 `log_softmax`。它与下面的 `nll_loss` 一起构成 `nn.CrossEntropyLoss`。</translation>
    </message>
    <message>
        <source>Go on with [F11] until a pooling is next. Of each four values only the largest went on, so only that one gets the gradient.</source>
        <translation>继续按 [F11]，直到即将执行一个池化。前向传播时每四个值中只有最大的一个传了下去，所以只有它得到梯度。</translation>
    </message>
    <message>
        <source>Press [F5], Continue: the loss falls from about 2.3 to about 0.1.</source>
        <translation>按 [F5]（继续）：损失从约 2.3 降到约 0.1。</translation>
    </message>
    <message>
        <source>Shared weights, random depth</source>
        <translation>共享权重，随机深度</translation>
    </message>
    <message>
        <source>With seed 0 the first forward uses `middle_linear` three times: three frames, but one `middle_linear.weight`, with a line to each use.</source>
        <translation>随机种子为 0 时，第一次前向使用 `middle_linear` 三次：三个框，但只有一个 `middle_linear.weight`，有线连到每次使用。</translation>
    </message>
    <message>
        <source>`forward` draws at random how often the middle layer is used, from 0 to 3 times. autograd records what runs, so the graph is another in each iteration.</source>
        <translation>`forward` 随机决定中间层使用几次，0 到 3 次。autograd 记录实际运行的内容，所以每次迭代的计算图都不同。</translation>
    </message>
    <message>
        <source>Why does the gradient of the shared weight have several terms?</source>
        <translation>为什么共享权重的梯度有多项？</translation>
    </message>
    <message>
        <source>The loss depends on the weight along several ways, one through each use. By the chain rule its derivative is the sum over all ways. Each use passes on the term of its way; the weight waits until all are in and adds them. Used not at all, it has no term: its `.grad` stays `None`, and the optimizer leaves it as it is.</source>
        <translation>损失沿多条路径依赖这个权重，每次使用一条。按链式法则，它的导数是所有路径之和。每次使用传来自己路径的一项；权重等到各项到齐后把它们相加。一次都没有用到时没有任何项：它的 `.grad` 保持 `None`，优化器不改变它。</translation>
    </message>
    <message>
        <source>Select `middle_linear.weight` and follow its lines to the uses of the layer.</source>
        <translation>选中 `middle_linear.weight`，沿它的线找到这一层的各次使用。</translation>
    </message>
    <message>
        <source>Press [F9]: a breakpoint on the weight.</source>
        <translation>按 [F9]：在这个权重上设断点。</translation>
    </message>
    <message>
        <source>Press [F5], Run: backward stops when all terms are in. The Inspector lists them, the last use first.</source>
        <translation>按 [F5]（运行）：各项到齐时，反向传播停下。检查器列出它们，最后一次使用排在最前。</translation>
    </message>
    <message>
        <source>Press [F9] to remove the breakpoint. Then press [Shift+F8], Next iteration, and [F8], Next phase, a few times: each forward draws its depth anew, and when it is over, its graph is shown.</source>
        <translation>按 [F9] 移除断点。然后按几次 [Shift+F8]（下一次迭代）和 [F8]（下一阶段）：每次前向传播都重新抽取深度，结束时会显示它的计算图。</translation>
    </message>
    <message>
        <source>Press [F5], Continue: the loss falls all the same, for all depths share their weights.</source>
        <translation>按 [F5]（继续）：损失照样下降，因为所有深度共享权重。</translation>
    </message>
    <message>
        <source>An operation of your own</source>
        <translation>自己的算子</translation>
    </message>
    <message>
        <source>`MyReLU` has a cut corner: its forward and its backward are written in this file, and autograd calls them. All other nodes are those of lesson 3.</source>
        <translation>`MyReLU` 缺一个角：它的前向和反向写在这个文件里，由 autograd 调用。其他节点与第 3 课相同。</translation>
    </message>
    <message>
        <source>`clamp` became a `torch.autograd.Function`. Its `forward` saves what its `backward` will need; `MyReLU.apply` puts one node into the graph.</source>
        <translation>`clamp` 换成了 `torch.autograd.Function`。它的 `forward` 保存 `backward` 所需的内容；`MyReLU.apply` 在计算图中放入一个节点。</translation>
    </message>
    <message>
        <source>Does autograd check that your `backward` fits your `forward`?</source>
        <translation>autograd 会检查你的 `backward` 与 `forward` 是否相符吗？</translation>
    </message>
    <message>
        <source>No. It looks at the number and the shapes of the gradients, and believes the values: with a wrong `backward` the network trains, only badly. `torch.autograd.gradcheck` compares it with differences of `forward`, in double precision.</source>
        <translation>不会。它只检查梯度的个数和形状，不验证数值：`backward` 写错了，网络照样训练，只是效果差。`torch.autograd.gradcheck` 用双精度把它与 `forward` 的差分比较。</translation>
    </message>
    <message>
        <source>Select `MyReLU`: the Inspector says what `save_for_backward` saved.</source>
        <translation>选中 `MyReLU`：检查器说明 `save_for_backward` 保存了什么。</translation>
    </message>
    <message>
        <source>Press [F11], Step in, until you are inside of your `forward`. What runs in it makes no nodes of its own.</source>
        <translation>按 [F11]（单步进入），直到进入你的 `forward`。其中执行的内容不产生自己的节点。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase, for backward, then [F11] until `MyReLU` is next. Autograd will call your `backward` now.</source>
        <translation>按 [F8]（下一阶段）进入反向传播，然后按 [F11] 直到即将执行 `MyReLU`。现在 autograd 将调用你的 `backward`。</translation>
    </message>
    <message>
        <source>Press [F11]. The gradient that came out differs from the one that went in only where `input` was negative: there it is 0.</source>
        <translation>按 [F11]。传出的梯度与传入的只在 `input` 为负的地方不同：那里是 0。</translation>
    </message>
    <message>
        <source>A module of your own</source>
        <translation>自己的模块</translation>
    </message>
    <message>
        <source>The frames have names now, `linear1` and `linear2`: those of the attributes in `__init__`. `clamp` is in no frame, since `forward` calls it on the tensor itself.</source>
        <translation>现在框有了名字 `linear1` 和 `linear2`：就是 `__init__` 中属性的名字。`clamp` 不在任何框中，因为 `forward` 直接对张量调用它。</translation>
    </message>
    <message>
        <source>A class takes the place of `nn.Sequential`: layers are made in `__init__`, and `forward` is plain Python that uses them. The optimizer is SGD.</source>
        <translation>一个类取代了 `nn.Sequential`：层在 `__init__` 中创建，`forward` 是使用它们的普通 Python。优化器是 SGD。</translation>
    </message>
    <message>
        <source>How does the optimizer come to know `linear1.weight`?</source>
        <translation>优化器怎么知道 `linear1.weight`？</translation>
    </message>
    <message>
        <source>An `nn.Module` that is assigned to an attribute is registered, and so are its parameters; `parameters()` collects them through all levels. Layers in a plain list are not registered: they would get gradients, and never be updated. `nn.ModuleList` is there for that.</source>
        <translation>赋给属性的 `nn.Module` 会被注册，它的参数也是；`parameters()` 逐层收集它们。放在普通列表里的层不会注册：它们会得到梯度，却永远不会更新。`nn.ModuleList` 就是为此而设。</translation>
    </message>
    <message>
        <source>Select `clamp`: it was made in the same line as the first `addmm`, but outside of `linear1`.</source>
        <translation>选中 `clamp`：它与第一个 `addmm` 出自同一行代码，但在 `linear1` 之外。</translation>
    </message>
    <message>
        <source>Press [F9], or right-click on the node: a breakpoint on it, for forward and backward alike.</source>
        <translation>按 [F9]，或右键单击节点：在它上面设断点，前向和反向都有效。</translation>
    </message>
    <message>
        <source>Press [F11], Step in: the engine stops at the beginning of your `forward`.</source>
        <translation>按 [F11]（单步进入）：引擎停在你的 `forward` 的开头。</translation>
    </message>
    <message>
        <source>Press [F5], Continue: it stops before `clamp` in forward. `linear1` has run.</source>
        <translation>按 [F5]（继续）：前向传播停在 `clamp` 之前。`linear1` 已经执行。</translation>
    </message>
    <message>
        <source>Press [F5] again: the same node in backward. The gradient comes from `linear2` and goes on to `linear1`. [F9] removes the breakpoint.</source>
        <translation>再按 [F5]：停在同一个节点，这次是反向传播。梯度来自 `linear2`，接着传给 `linear1`。按 [F9] 删除断点。</translation>
    </message>
    <message>
        <source>Layers from torch.nn</source>
        <translation>来自 torch.nn 的层</translation>
    </message>
    <message>
        <source>Frames are calls of modules: `0` and `2` are the two `nn.Linear`, each with a weight and a bias. A click on the head of a frame folds it into one box.</source>
        <translation>每个框是一次模块调用：`0` 和 `2` 是两个 `nn.Linear`，各有一个权重和一个偏置。单击框的标题可把它折叠成一个框。</translation>
    </message>
    <message>
        <source>Modules make and hold the weights, and `nn.Sequential` calls them in their order. The loss is `nn.MSELoss`. The weights start small, so the learning rate can be a hundred times as large.</source>
        <translation>模块创建并持有权重，`nn.Sequential` 按顺序调用它们。损失是 `nn.MSELoss`。权重的初值很小，所以学习率可以大一百倍。</translation>
    </message>
    <message>
        <source>Why is the gradient of a bias a sum over the rows?</source>
        <translation>为什么偏置的梯度是各行之和？</translation>
    </message>
    <message>
        <source>The one bias is added to each of the 64 rows, so it is used 64 times. Each use contributes a gradient, and the contributions of all uses add up. In lesson 8 a whole layer is used several times, and the same happens to its weight.</source>
        <translation>同一个偏置加到 64 行的每一行，所以它被使用 64 次。每次使用贡献一个梯度，所有贡献相加。在第 8 课里整个层被使用多次，它的权重也是如此。</translation>
    </message>
    <message>
        <source>Select `0.weight`: it is 100 × 1000, outputs before inputs. That is why `t` stands between it and the product.</source>
        <translation>选中 `0.weight`：它是 100 × 1000，输出在前，输入在后。所以它与乘积之间有一个 `t`。</translation>
    </message>
    <message>
        <source>Open the panel Modules: parameters, time and memory of each module.</source>
        <translation>打开“模块”面板：每个模块的参数、时间和内存。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase, until backward begins, then [F11], Step in: the second `addmm` is next. It computes `bias + x · weightᵀ` in one, and passes on three gradients.</source>
        <translation>按 [F8]（下一阶段），直到反向传播开始，然后按 [F11]（单步进入）：即将执行第二个 `addmm`。它一次计算 `bias + x · weightᵀ`，并传下三个梯度。</translation>
    </message>
    <message>
        <source>Press [F11]: the gradient of `2.bias` is in, summed over the 64 rows.</source>
        <translation>按 [F11]：`2.bias` 的梯度到了，是 64 行之和。</translation>
    </message>
    <message>
        <source>Press [F8]: the update goes through `model.parameters()`, by hand still.</source>
        <translation>按 [F8]：更新遍历 `model.parameters()`，仍然手工进行。</translation>
    </message>
    <message>
        <source>The gradient, derived by hand</source>
        <translation>手工推导的梯度</translation>
    </message>
    <message>
        <source>Two layers: `y_pred = max(x · w1, 0) · w2`. NumPy derives nothing, so `backward()` in Source is the chain rule, written line by line. The graph shows the operations as they were recorded.</source>
        <translation>两层：`y_pred = max(x · w1, 0) · w2`。NumPy 不会求导，所以源代码里的 `backward()` 就是逐行写出的链式法则。计算图显示记录下来的算子。</translation>
    </message>
    <message>
        <source>Everything: this is the whole of training, with nothing hidden.</source>
        <translation>全是新内容：训练的完整过程就是这些，没有任何隐藏。</translation>
    </message>
    <message>
        <source>Why must `forward()` keep `h` and `h_relu`?</source>
        <translation>为什么 `forward()` 必须保留 `h` 和 `h_relu`？</translation>
    </message>
    <message>
        <source>The derivative of a product by one factor is the other factor: `grad_w2` needs `h_relu`. And where `h` was negative, `max(h, 0)` did not change with `h`: `grad_h` needs `h`, to know where. Every backward needs values of its forward; in lesson 3 autograd saves them for you.</source>
        <translation>乘积对一个因子的导数是另一个因子：`grad_w2` 需要 `h_relu`。而在 `h` 为负的地方，`max(h, 0)` 不随 `h` 变化：`grad_h` 需要 `h` 才知道是哪些地方。反向传播总要用到前向传播的值；在第 3 课里 autograd 替你保存它们。</translation>
    </message>
    <message>
        <source>Select `w1`: a hexagon is something that is trained.</source>
        <translation>选中 `w1`：六边形表示要训练的参数。</translation>
    </message>
    <message>
        <source>Press [F11], Step in: the engine stops before the first operation, `x · w1`, and Source shows its line.</source>
        <translation>按 [F11]（单步进入）：引擎停在第一个算子 `x · w1` 之前，源代码显示它所在的行。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase: the loss is known, and backward begins. The derivative of `(y_pred − y)²` is `2 (y_pred − y)`.</source>
        <translation>按 [F8]（下一阶段）：损失已知，反向传播开始。`(y_pred − y)²` 的导数是 `2 (y_pred − y)`。</translation>
    </message>
    <message>
        <source>Press [F11] until the gradient of `w2` is next. Of the products of `h_relu` and `grad_y_pred`, this is the one with the shape of `w2`.</source>
        <translation>按 [F11]，直到接下来是 `w2` 的梯度。在 `h_relu` 和 `grad_y_pred` 的各种乘积中，只有这个的形状与 `w2` 相同。</translation>
    </message>
    <message>
        <source>Go on with [F11] to the line that sets entries to 0: where `h` was negative, no gradient passes.</source>
        <translation>继续按 [F11] 到把元素置为 0 的那一行：`h` 为负的地方，梯度不能通过。</translation>
    </message>
    <message>
        <source>Press [F8] again: in the update each weight goes a small step against its gradient.</source>
        <translation>再按 [F8]：更新时，每个权重沿梯度的反方向走一小步。</translation>
    </message>
    <message>
        <source>Press [F5], Continue: 500 times the same, and the loss falls.</source>
        <translation>按 [F5]（继续）：同样的过程 500 次，损失下降。</translation>
    </message>
    <message>
        <source>By hand, lesson 1</source>
        <translation>手工，第 1 课</translation>
    </message>
    <message>
        <source>autograd, lesson 3</source>
        <translation>autograd，第 3 课</translation>
    </message>
    <message>
        <source>`MmBackward0`, to `w2`</source>
        <translation>`MmBackward0`，传给 `w2`</translation>
    </message>
    <message>
        <source>the same `MmBackward0`, to `ClampBackward1`</source>
        <translation>同一个 `MmBackward0`，传给 `ClampBackward1`</translation>
    </message>
    <message>
        <source>the other `MmBackward0`, to `w1`</source>
        <translation>另一个 `MmBackward0`，传给 `w1`</translation>
    </message>
    <message>
        <source>The update by an optimizer</source>
        <translation>由优化器更新</translation>
    </message>
    <message>
        <source>The graph is that of lesson 5, for an optimizer is no part of it: it reads `.grad` and changes the weights after backward.</source>
        <translation>计算图与第 5 课相同，因为优化器不是它的一部分：优化器读取 `.grad`，在反向之后改变权重。</translation>
    </message>
    <message>
        <source>The loop over the parameters is gone: `torch.optim.Adam` makes the update. It remembers earlier gradients, so its step is not simply the gradient times the learning rate.</source>
        <translation>遍历参数的循环没有了：由 `torch.optim.Adam` 更新。它记住之前的梯度，所以它的更新步不只是梯度乘以学习率。</translation>
    </message>
    <message>
        <source>What does Adam keep from one iteration to the next?</source>
        <translation>Adam 在两次迭代之间保留什么？</translation>
    </message>
    <message>
        <source>For each parameter two tensors of its size and a count: `exp_avg`, a running mean m of the gradients, `exp_avg_sq`, a running mean v of their squares, and `step`. The step is −lr · m / (√v + ε), both means corrected for having started at 0. In iteration 0, m is g and v is g²: each entry moves by lr, whatever its gradient. The memory is twice that of the weights.</source>
        <translation>对每个参数保留两个同样大小的张量和一个计数：`exp_avg`，梯度的滑动平均 m；`exp_avg_sq`，梯度平方的滑动平均 v；以及 `step`。更新步是 −lr · m / (√v + ε)，两个平均都因从 0 开始而做了修正。在迭代 0 中，m 就是 g，v 就是 g²：每个元素都移动 lr，无论梯度大小。占用的内存是权重的两倍。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase, until the update begins: `0.weight` is about to change; its gradient is in the Inspector.</source>
        <translation>按 [F8]（下一阶段），直到更新开始：`0.weight` 即将改变；它的梯度在检查器中。</translation>
    </message>
    <message>
        <source>Press [F11], Step in: `0.weight` is updated, and `0.bias` is next.</source>
        <translation>按 [F11]（单步进入）：`0.weight` 已更新，接下来是 `0.bias`。</translation>
    </message>
    <message>
        <source>Press [Shift+F10], Step back, to look at `0.weight` again. Its step lies between −0.0001 and 0.0001, the learning rate, though its gradients differ widely.</source>
        <translation>按 [Shift+F10]（后退一步）再看 `0.weight`。它的更新步在 −0.0001 和 0.0001（学习率）之间，尽管各处梯度相差很大。</translation>
    </message>
    <message>
        <source>Press [F5], Continue. Later choose SGD in the form and press [F5] again: the mark in the loss shows where the optimizer changed.</source>
        <translation>按 [F5]（继续）。之后在表单中选择 SGD，再按 [F5]：损失图上的标记显示优化器在哪里改变。</translation>
    </message>
    <message>
        <source>The same, in tensors</source>
        <translation>同样的内容，用张量</translation>
    </message>
    <message>
        <source>The same graph, operation for operation: a tensor is an array that can live on a GPU, and PyTorch's names differ a little from NumPy's.</source>
        <translation>同样的计算图，算子一一对应：张量是可以放在 GPU 上的数组，PyTorch 的名字与 NumPy 略有不同。</translation>
    </message>
    <message>
        <source>`dot` is now `mm`, `maximum` is `clamp`, `copy` is `clone`. Where the machine has a GPU, choose it in the form under Device. Autograd stays off, so backward is still written by hand.</source>
        <translation>`dot` 变成 `mm`，`maximum` 变成 `clamp`，`copy` 变成 `clone`。机器有 GPU 时，可在表单的“设备”中选择。自动求导仍然关闭，所以反向传播还是要手写。</translation>
    </message>
    <message>
        <source>These are PyTorch's operations. Why has autograd recorded no graph?</source>
        <translation>这些是 PyTorch 的算子。为什么 autograd 没有记录计算图？</translation>
    </message>
    <message>
        <source>Autograd records an operation only if one of its inputs requires a gradient. No tensor here does: nothing is recorded, nothing is saved, and `loss.backward()` would raise an error. Lesson 3 adds `requires_grad=True` to two lines.</source>
        <translation>只有当算子的某个输入需要梯度时，autograd 才记录它。这里没有这样的张量：什么都不记录，什么都不保存，`loss.backward()` 会抛出错误。第 3 课在两行里加上 `requires_grad=True`。</translation>
    </message>
    <message>
        <source>Open the panel Reach. It lists which parameters gradient reaches, and here says why there is nothing to list.</source>
        <translation>打开“可达性”面板。它列出梯度到达哪些参数，在这里则说明为什么没有可列的内容。</translation>
    </message>
    <message>
        <source>Press [F11], Step in: `x.mm(w1)` is next, 64 × 1000 times 1000 × 100.</source>
        <translation>按 [F11]（单步进入）：即将执行 `x.mm(w1)`，64 × 1000 乘以 1000 × 100。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase, then [F11] to the gradient of `h_relu`: `t()` transposes `w2` without copying it.</source>
        <translation>按 [F8]（下一阶段），然后按 [F11] 到 `h_relu` 的梯度：`t()` 不复制就转置 `w2`。</translation>
    </message>
    <message>
        <source>Go on with [F11] to the gradient of `w1`. It has the shape of `w1`, 1000 × 100, as every gradient has that of its tensor.</source>
        <translation>继续按 [F11] 到 `w1` 的梯度。它的形状与 `w1` 相同，1000 × 100；每个梯度都与其张量形状相同。</translation>
    </message>
    <message>
        <source>Press [F8]: the update of `w1`. `-=` changes the tensor in place; `w1 = w1 - …` would make a new one.</source>
        <translation>按 [F8]：`w1` 的更新。`-=` 原地修改张量；`w1 = w1 - …` 会创建新的张量。</translation>
    </message>
    <message>
        <source>A tour of the window</source>
        <translation>窗口导览</translation>
    </message>
    <message>
        <source>Five steps, each ticked when you have done it. A link shows the part it is about.</source>
        <translation>共五步，完成一步就打一个勾。单击链接会指出它所说的部分。</translation>
    </message>
    <message>
        <source>The graph in the middle is what autograd recorded in the last forward. Select a node: the Inspector shows its shapes and values, Source its line.</source>
        <translation>中间的计算图是 autograd 在最近一次前向传播中记录的。选中一个节点：检查器显示它的形状和数值，源代码面板显示它所在的行。</translation>
    </message>
    <message>
        <source>The tool bar steps through an iteration. Press [F11], Step in: the engine stops before the first operation, and the card says what comes next.</source>
        <translation>工具栏可单步执行一次迭代。按 [F11]（单步进入）：引擎停在第一个算子之前，卡片说明接下来是什么。</translation>
    </message>
    <message>
        <source>Press [F8], Next phase: in backward each node shows its derivative, and gradients appear at the lines. [F11] takes them one by one.</source>
        <translation>按 [F8]（下一阶段）：反向传播时，每个节点显示它的导数，梯度标在连线上。用 [F11] 逐个执行节点。</translation>
    </message>
    <message>
        <source>The timeline holds what has run. Press [Shift+F10], Step back, or click into it: values are those of then, and the engine stays where it is.</source>
        <translation>时间线记录已执行的内容。按 [Shift+F10]（后退一步），或在其中单击：显示的是当时的数值，而引擎停在原处。</translation>
    </message>
    <message>
        <source>Press [F5], Continue: the network trains and the loss is drawn. [F9] on a node sets a breakpoint; every network in the list has a lesson here.</source>
        <translation>按 [F5]（继续）：网络开始训练，并画出损失曲线。在节点上按 [F9] 设断点；列表中的每个网络在这里都有一课。</translation>
    </message>
    <message>
        <source>Where an input was broadcast, its gradient is summed over the dimensions it was repeated along.</source>
        <translation>被广播的输入，其梯度沿重复的维度求和。</translation>
    </message>
    <message>
        <source>Backward uses the result of forward, so only that is saved.</source>
        <translation>反向使用前向的结果，所以只保存结果。</translation>
    </message>
    <message>
        <source>Σ runs along dim. Backward uses the result of forward, so only that is saved.</source>
        <translation>Σ 沿 dim 进行。反向使用前向的结果，所以只保存结果。</translation>
    </message>
    <message>
        <source>A view: nothing is copied.</source>
        <translation>视图：什么都不复制。</translation>
    </message>
    <message>
        <source>Divided by n where the loss is a mean.</source>
        <translation>损失为均值时要除以 n。</translation>
    </message>
    <message>
        <source>Where both are equal, each gets half.</source>
        <translation>两者相等处各得一半。</translation>
    </message>
    <message>
        <source>One product for each b of the batch.</source>
        <translation>批次中的每个 b 一个乘积。</translation>
    </message>
    <message>
        <source>∗ is the sliding product with this stride and padding, ∗ᵀ the same with weight turned round.</source>
        <translation>∗ 是按此步幅和填充的滑动乘积，∗ᵀ 是权重翻转后的同一运算。</translation>
    </message>
    <message>
        <source>Rows that were not looked up get exactly zero.</source>
        <translation>没有查到的行恰好得到零。</translation>
    </message>
    <message>
        <source>Here n is a number; for n = 2 that is 2x.</source>
        <translation>这里 n 是一个数；n = 2 时就是 2x。</translation>
    </message>
    <message>
        <source>Infinite where x is 0.</source>
        <translation>x 为 0 处为无穷。</translation>
    </message>
    <message>
        <source>Infinite where x is 0: a common source of NaN.</source>
        <translation>x 为 0 处为无穷：NaN 的常见来源。</translation>
    </message>
    <message>
        <source>Zero where x is 0.</source>
        <translation>x 为 0 处为零。</translation>
    </message>
    <message>
        <source>grad where self &lt; other</source>
        <translation>grad，当 self &lt; other</translation>
    </message>
    <message>
        <source>grad where other &lt; self</source>
        <translation>grad，当 other &lt; self</translation>
    </message>
    <message>
        <source>grad where self &gt; other</source>
        <translation>grad，当 self &gt; other</translation>
    </message>
    <message>
        <source>grad where other &gt; self</source>
        <translation>grad，当 other &gt; self</translation>
    </message>
    <message>
        <source>grad where out &gt; 0, else 0</source>
        <translation>grad，当 out &gt; 0，否则 0</translation>
    </message>
    <message>
        <source>out = x where x &gt; 0, else s x</source>
        <translation>out = x，当 x &gt; 0，否则 s x</translation>
    </message>
    <message>
        <source>grad where x &gt; 0, else s grad</source>
        <translation>grad，当 x &gt; 0，否则 s grad</translation>
    </message>
    <message>
        <source>s is negative_slope.</source>
        <translation>s 是 negative_slope。</translation>
    </message>
    <message>
        <source>Φ and φ: the normal distribution and its density.</source>
        <translation>Φ 和 φ：正态分布及其密度。</translation>
    </message>
    <message>
        <source>σ is the logistic function.</source>
        <translation>σ 是逻辑函数。</translation>
    </message>
    <message>
        <source>out = x where x &gt; 0, else α (exp(x) − 1)</source>
        <translation>out = x，当 x &gt; 0，否则 α (exp(x) − 1)</translation>
    </message>
    <message>
        <source>grad where x &gt; 0, else grad ⊙ α exp(x)</source>
        <translation>grad，当 x &gt; 0，否则 grad ⊙ α exp(x)</translation>
    </message>
    <message>
        <source>grad where l &lt; x &lt; u, else 0</source>
        <translation>grad，当 l &lt; x &lt; u，否则 0</translation>
    </message>
    <message>
        <source>grad ⊙ (2x + 3) / 6 where |x| &lt; 3</source>
        <translation>grad ⊙ (2x + 3) / 6，当 |x| &lt; 3</translation>
    </message>
    <message>
        <source>grad where l ≤ x ≤ u, else 0</source>
        <translation>grad，当 l ≤ x ≤ u，否则 0</translation>
    </message>
    <message>
        <source>A bound that is not given is ±∞.</source>
        <translation>没有给出的界为 ±∞。</translation>
    </message>
    <message>
        <source>grad where x ≥ l, else 0</source>
        <translation>grad，当 x ≥ l，否则 0</translation>
    </message>
    <message>
        <source>grad where x ≤ u, else 0</source>
        <translation>grad，当 x ≤ u，否则 0</translation>
    </message>
    <message>
        <source>out = x where x &gt; 0, else weight ⊙ x</source>
        <translation>out = x，当 x &gt; 0，否则 weight ⊙ x</translation>
    </message>
    <message>
        <source>grad where x &gt; 0, else weight ⊙ grad</source>
        <translation>grad，当 x &gt; 0，否则 weight ⊙ grad</translation>
    </message>
    <message>
        <source>grad ⊙ x where x ≤ 0, else 0</source>
        <translation>grad ⊙ x，当 x ≤ 0，否则 0</translation>
    </message>
    <message>
        <source>The mask of forward is saved.</source>
        <translation>保存了前向的掩码。</translation>
    </message>
    <message>
        <source>grad, repeated</source>
        <translation>grad，重复</translation>
    </message>
    <message>
        <source>Each element gets the gradient of the sum it went into.</source>
        <translation>每个元素得到它所加入的和的梯度。</translation>
    </message>
    <message>
        <source>grad / n, repeated</source>
        <translation>grad / n，重复</translation>
    </message>
    <message>
        <source>n elements went into each mean.</source>
        <translation>每个均值由 n 个元素得到。</translation>
    </message>
    <message>
        <source>grad where x is the maximum, else 0</source>
        <translation>grad，当 x 为最大值，否则 0</translation>
    </message>
    <message>
        <source>Only the largest gets a gradient.</source>
        <translation>只有最大的得到梯度。</translation>
    </message>
    <message>
        <source>grad where x is the minimum, else 0</source>
        <translation>grad，当 x 为最小值，否则 0</translation>
    </message>
    <message>
        <source>Only the smallest gets a gradient.</source>
        <translation>只有最小的得到梯度。</translation>
    </message>
    <message>
        <source>grad where x = out, shared evenly by ties</source>
        <translation>grad，当 x = out，并列时平分</translation>
    </message>
    <message>
        <source>c is the correction.</source>
        <translation>c 是修正项。</translation>
    </message>
    <message>
        <source>Infinite where out is 0.</source>
        <translation>out 为 0 处为无穷。</translation>
    </message>
    <message>
        <source>For the 2-norm; zero where out is 0.</source>
        <translation>对 2-范数；out 为 0 处为零。</translation>
    </message>
    <message>
        <source>Where x is 0, the product of the others.</source>
        <translation>x 为 0 处，为其余各数之积。</translation>
    </message>
    <message>
        <source>out = the k largest of x</source>
        <translation>out = x 中最大的 k 个</translation>
    </message>
    <message>
        <source>grad at their places, else 0</source>
        <translation>grad 放在它们的位置，其余 0</translation>
    </message>
    <message>
        <source>out = x, sorted</source>
        <translation>out = x，已排序</translation>
    </message>
    <message>
        <source>grad, put back in order</source>
        <translation>grad，恢复原来的顺序</translation>
    </message>
    <message>
        <source>−grad at the target's column, else 0</source>
        <translation>−grad 放在目标的列，其余 0</translation>
    </message>
    <message>
        <source>Divided by the number of rows where the loss is a mean.</source>
        <translation>损失为均值时要除以行数。</translation>
    </message>
    <message>
        <source>out = Σ ½ d^{2} / β where |d| &lt; β, else |d| − ½ β</source>
        <translation>out = Σ ½ d^{2} / β，当 |d| &lt; β，否则 |d| − ½ β</translation>
    </message>
    <message>
        <source>grad ⊙ d / β where |d| &lt; β, else grad ⊙ sign(d)</source>
        <translation>grad ⊙ d / β，当 |d| &lt; β，否则 grad ⊙ sign(d)</translation>
    </message>
    <message>
        <source>d = input − target; divided by n where the loss is a mean.</source>
        <translation>d = input − target；损失为均值时要除以 n。</translation>
    </message>
    <message>
        <source>out = Σ ½ d^{2} where |d| &lt; δ, else δ (|d| − ½ δ)</source>
        <translation>out = Σ ½ d^{2}，当 |d| &lt; δ，否则 δ (|d| − ½ δ)</translation>
    </message>
    <message>
        <source>grad ⊙ d where |d| &lt; δ, else δ grad ⊙ sign(d)</source>
        <translation>grad ⊙ d，当 |d| &lt; δ，否则 δ grad ⊙ sign(d)</translation>
    </message>
    <message>
        <source>μ and s: mean and standard deviation of each row.</source>
        <translation>μ 和 s：每行的均值和标准差。</translation>
    </message>
    <message>
        <source>μ and s: mean and standard deviation of each channel over the batch (in training).</source>
        <translation>μ 和 s：批次上每个通道的均值和标准差（训练时）。</translation>
    </message>
    <message>
        <source>μ and s: mean and standard deviation of each group of channels.</source>
        <translation>μ 和 s：每组通道的均值和标准差。</translation>
    </message>
    <message>
        <source>out = the largest of each window</source>
        <translation>out = 每个窗口的最大值</translation>
    </message>
    <message>
        <source>grad at the largest of each window, else 0</source>
        <translation>grad 放在每个窗口的最大值处，其余 0</translation>
    </message>
    <message>
        <source>out = the mean of each window</source>
        <translation>out = 每个窗口的均值</translation>
    </message>
    <message>
        <source>grad / k, to each of the k in its window</source>
        <translation>grad / k，给窗口中 k 个里的每一个</translation>
    </message>
    <message>
        <source>out = x, its nearest element repeated</source>
        <translation>out = x，重复其最近的元素</translation>
    </message>
    <message>
        <source>Σ grad over the repeats</source>
        <translation>Σ grad，对各次重复</translation>
    </message>
    <message>
        <source>P is not kept; backward computes it again from query, key and the saved logsumexp.</source>
        <translation>不保留 P；反向由 query、key 和保存的 logsumexp 重新计算。</translation>
    </message>
    <message>
        <source>out = x, dim0 and dim1 exchanged</source>
        <translation>out = x，交换 dim0 与 dim1</translation>
    </message>
    <message>
        <source>grad, exchanged back</source>
        <translation>grad，再交换回来</translation>
    </message>
    <message>
        <source>out = x, its dimensions reordered</source>
        <translation>out = x，重排维度</translation>
    </message>
    <message>
        <source>grad, reordered back</source>
        <translation>grad，恢复原来的排列</translation>
    </message>
    <message>
        <source>out = x in another shape</source>
        <translation>out = x，换一种形状</translation>
    </message>
    <message>
        <source>grad in the shape of x</source>
        <translation>grad，恢复 x 的形状</translation>
    </message>
    <message>
        <source>out = x with a dimension of 1 more</source>
        <translation>out = x，多一个大小为 1 的维度</translation>
    </message>
    <message>
        <source>grad without it</source>
        <translation>grad，去掉该维度</translation>
    </message>
    <message>
        <source>out = x without a dimension of 1</source>
        <translation>out = x，少一个大小为 1 的维度</translation>
    </message>
    <message>
        <source>grad with it again</source>
        <translation>grad，恢复该维度</translation>
    </message>
    <message>
        <source>out = x, repeated without a copy</source>
        <translation>out = x，重复而不复制</translation>
    </message>
    <message>
        <source>out = x, repeated</source>
        <translation>out = x，重复</translation>
    </message>
    <message>
        <source>out = x at one index</source>
        <translation>out = x 在一个下标处</translation>
    </message>
    <message>
        <source>grad at that index, else 0</source>
        <translation>grad 放在该下标处，其余 0</translation>
    </message>
    <message>
        <source>out = a slice of x</source>
        <translation>out = x 的切片</translation>
    </message>
    <message>
        <source>grad in that slice, else 0</source>
        <translation>grad 放在该切片中，其余 0</translation>
    </message>
    <message>
        <source>out_{k} = the k-th piece of x</source>
        <translation>out_{k} = x 的第 k 块</translation>
    </message>
    <message>
        <source>the pieces' gradients, joined</source>
        <translation>各块的梯度，拼接</translation>
    </message>
    <message>
        <source>A piece without gradient counts 0.</source>
        <translation>没有梯度的块按 0 计。</translation>
    </message>
    <message>
        <source>out_{k} = x at index k</source>
        <translation>out_{k} = x 在下标 k 处</translation>
    </message>
    <message>
        <source>the outputs' gradients, stacked</source>
        <translation>各输出的梯度，堆叠</translation>
    </message>
    <message>
        <source>Σ grad at those indices, else 0</source>
        <translation>Σ grad，对这些下标，其余 0</translation>
    </message>
    <message>
        <source>out = x at the indices</source>
        <translation>out = x 在这些下标处</translation>
    </message>
    <message>
        <source>out = x at the indices, along dim</source>
        <translation>out = x 在这些下标处，沿 dim</translation>
    </message>
    <message>
        <source>out = the diagonal of x</source>
        <translation>out = x 的对角线</translation>
    </message>
    <message>
        <source>grad on the diagonal, else 0</source>
        <translation>grad 放在对角线上，其余 0</translation>
    </message>
    <message>
        <source>out = x below the diagonal, else 0</source>
        <translation>out = x 的下三角，其余 0</translation>
    </message>
    <message>
        <source>grad below the diagonal, else 0</source>
        <translation>grad 的下三角，其余 0</translation>
    </message>
    <message>
        <source>out = x above the diagonal, else 0</source>
        <translation>out = x 的上三角，其余 0</translation>
    </message>
    <message>
        <source>grad above the diagonal, else 0</source>
        <translation>grad 的上三角，其余 0</translation>
    </message>
    <message>
        <source>out = x, reversed</source>
        <translation>out = x，反转</translation>
    </message>
    <message>
        <source>grad, reversed</source>
        <translation>grad，反转</translation>
    </message>
    <message>
        <source>out = x, rolled</source>
        <translation>out = x，滚动</translation>
    </message>
    <message>
        <source>grad, rolled back</source>
        <translation>grad，滚动回来</translation>
    </message>
    <message>
        <source>out = x with a margin</source>
        <translation>out = x，加边</translation>
    </message>
    <message>
        <source>grad without the margin</source>
        <translation>grad，去掉边</translation>
    </message>
    <message>
        <source>out = a copy of x</source>
        <translation>out = x 的副本</translation>
    </message>
    <message>
        <source>out = x, cut off</source>
        <translation>out = x，已截断</translation>
    </message>
    <message>
        <source>out = x in another dtype or on another device</source>
        <translation>out = x，换数据类型或设备</translation>
    </message>
    <message>
        <source>grad in the dtype and on the device of x</source>
        <translation>grad，换回 x 的数据类型和设备</translation>
    </message>
    <message>
        <source>out = x, a value where mask</source>
        <translation>out = x，在 mask 处为一个值</translation>
    </message>
    <message>
        <source>0 where mask, else grad</source>
        <translation>0，在 mask 处，否则 grad</translation>
    </message>
    <message>
        <source>out = self where condition, else other</source>
        <translation>out = self，当 condition，否则 other</translation>
    </message>
    <message>
        <source>grad where condition, else 0</source>
        <translation>grad，当 condition，否则 0</translation>
    </message>
    <message>
        <source>0 where condition, else grad</source>
        <translation>0，当 condition，否则 grad</translation>
    </message>
    <message>
        <source>0 · ∞ can make NaN in the branch that was not taken.</source>
        <translation>0 · ∞ 可能在没有选中的分支里产生 NaN。</translation>
    </message>
    <message>
        <source>out = the inputs, joined along dim</source>
        <translation>out = 各输入，沿 dim 拼接</translation>
    </message>
    <message>
        <source>each</source>
        <translation>每个</translation>
    </message>
    <message>
        <source>its own piece of grad</source>
        <translation>grad 中自己的一块</translation>
    </message>
    <message>
        <source>out = the inputs, stacked</source>
        <translation>out = 各输入，堆叠</translation>
    </message>
    <message>
        <source>grad at its index</source>
        <translation>grad 在它的下标处</translation>
    </message>
    <message>
        <source>a view of base is changed in place</source>
        <translation>base 的视图被原地修改</translation>
    </message>
    <message>
        <source>grad, 0 where the view is</source>
        <translation>grad，视图处为 0</translation>
    </message>
    <message>
        <source>grad where the view is</source>
        <translation>grad，在视图处</translation>
    </message>
    <message>
        <source>Derived by hand: the gradient of {name} is what {op} makes in line {line}.</source>
        <translation>手工求导：{name} 的梯度由 {op} 在第 {line} 行算出。</translation>
    </message>
    <message>
        <source>Every term of its gradient arrives here, summed.</source>
        <translation>它的梯度的每一项在这里到齐并求和。</translation>
    </message>
    <message>
        <source>saved</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>written</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>used</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>丢失</translation>
    </message>
    <message>
        <source>started</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>computed again</source>
        <translation>重新计算</translation>
    </message>
    <message>
        <source>on purpose</source>
        <translation>有意的</translation>
    </message>
    <message>
        <source>NaN</source>
        <translation>NaN</translation>
    </message>
    <message>
        <source>Inf</source>
        <translation>Inf</translation>
    </message>
    <message>
        <source>{name} held the first {kind}</source>
        <translation>首个 {kind} 在 {name} 中</translation>
    </message>
    <message>
        <source>, line {line}</source>
        <translation>（第 {line} 行）</translation>
    </message>
    <message>
        <source>{name}{where} made the first {kind}</source>
        <translation>{name}{where}产生了首个 {kind}</translation>
    </message>
    <message>
        <source>gradient {range}</source>
        <translation>梯度 {range}</translation>
    </message>
    <message>
        <source>in forward {range}</source>
        <translation>前向 {range}</translation>
    </message>
    <message>
        <source>{dtype}: {factor} times what is there would overflow</source>
        <translation>{dtype}：这里的值再乘 {factor} 就会溢出</translation>
    </message>
    <message>
        <source>{share} are below the smallest normal number</source>
        <translation>{share} 小于最小的正规数</translation>
    </message>
    <message>
        <source>all {batch} rows of the batch</source>
        <translation>批次的全部 {batch} 行</translation>
    </message>
    <message>
        <source>row {rows} ({count} of {batch})</source>
        <translation>第 {rows} 行（{batch} 行中的 {count} 行）</translation>
    </message>
    <message>
        <source>rows {rows} ({count} of {batch})</source>
        <translation>第 {rows} 行（{batch} 行中的 {count} 行）</translation>
    </message>
    <message>
        <source>No module has moved yet</source>
        <translation>还没有模块变动过</translation>
    </message>
    <message>
        <source>{name} moved {times} as far as usual, for its weights</source>
        <translation>{name} 的更新量相对其权重是平常的 {times}</translation>
    </message>
    <message>
        <source>{name} has {times} its usual gradient</source>
        <translation>{name} 的梯度是平常的 {times}</translation>
    </message>
    <message>
        <source>{name} has the largest figures of iteration {step}</source>
        <translation>{name} 在第 {step} 次迭代中的数值最大</translation>
    </message>
    <message>
        <source>The backward of {op} is wrong</source>
        <translation>{op} 的反向传播是错的</translation>
    </message>
    <message>
        <source>The derivative is right up to kinks: some elements are at one, where the slopes to the left and to the right differ and backward takes one of them.</source>
        <translation>除了在折点处，导数是对的：有些元素正好在折点上，那里左右两侧的斜率不同，而反向传播取了其中之一。</translation>
    </message>
    <message>
        <source>The derivative is right: at the elements that differ, a kink is closer than the difference that was taken.</source>
        <translation>导数是对的：在有差别的元素处，折点比所取的差分步长更近。</translation>
    </message>
    <message>
        <source>The formula is right, but the forward computes in single precision inside, so small differences are lost.</source>
        <translation>公式是对的，但前向传播内部用单精度计算，所以丢失了微小的差别。</translation>
    </message>
    <message>
        <source>{op} gives another result for the same inputs, so its derivative cannot be checked: it draws numbers of its own, or keeps something from call to call.</source>
        <translation>{op} 对同样的输入给出不同的结果，所以无法检查它的导数：它自己抽取了随机数，或者在各次调用之间保存了什么。</translation>
    </message>
    <message>
        <source>The formula is right, but what forward had saved was changed before backward used it: the run's own gradient is another one.</source>
        <translation>公式是对的，但前向传播保存的值在反向传播使用之前被改变了：运行中得到的梯度是另一个值。</translation>
    </message>
    <message>
        <source>The derivative is not finite at some elements: they are at the edge of the domain.</source>
        <translation>有些元素处的导数不是有限的：它们在定义域的边缘。</translation>
    </message>
    <message>
        <source>The backward of {op} raised: {message}</source>
        <translation>{op} 的反向传播抛出了：{message}</translation>
    </message>
    <message>
        <source>The derivative of {op} is right: analytic and numeric agree.</source>
        <translation>{op} 的导数是对的：解析值与数值相符。</translation>
    </message>
    <message>
        <source>torch.autograd.gradcheck objects all the same: {message}</source>
        <translation>但 torch.autograd.gradcheck 仍有异议：{message}</translation>
    </message>
    <message>
        <source>In the run's own precision it is off by {share}.</source>
        <translation>用运行本身的精度时，它相差 {share}。</translation>
    </message>
    <message>
        <source> for {names}</source>
        <translation>（对 {names}）</translation>
    </message>
    <message>
        <source>{of}: it gives 0, where the derivative is not 0.</source>
        <translation>{of}：它给出 0，而导数不是 0。</translation>
    </message>
    <message>
        <source>{of}: its sign is the opposite {where}.</source>
        <translation>{of}：它的符号{where}相反。</translation>
    </message>
    <message>
        <source>{of}: it gives {factor} times the derivative {where}.</source>
        <translation>{of}：它给出的是导数的 {factor} 倍，{where}。</translation>
    </message>
    <message>
        <source>everywhere</source>
        <translation>处处</translation>
    </message>
    <message>
        <source>in {wrong} of {compared} elements</source>
        <translation>在 {compared} 个元素中的 {wrong} 个上</translation>
    </message>
    <message>
        <source>in {wrong} of {compared} elements, from {low} to {high}; from {first} to {last} it is right</source>
        <translation>在 {compared} 个元素中的 {wrong} 个上，从 {low} 到 {high}；从 {first} 到 {last} 是对的</translation>
    </message>
    <message>
        <source>All {total} elements, in {dtype}, on a copy.</source>
        <translation>全部 {total} 个元素，以 {dtype} 在副本上检查。</translation>
    </message>
    <message>
        <source>{compared} of {total} elements, and all at once, in {dtype}, on a copy.</source>
        <translation>{total} 个元素中的 {compared} 个，以及全部元素一起，以 {dtype} 在副本上检查。</translation>
    </message>
    <message>
        <source>The op made {count} nodes, which are checked as one.</source>
        <translation>这个算子产生了 {count} 个节点，它们作为一个来检查。</translation>
    </message>
    <message>
        <source>It draws random numbers: the same ones at each evaluation.</source>
        <translation>它抽取随机数：每次计算都用同样的随机数。</translation>
    </message>
    <message>
        <source>Inputs {first} and {second} share memory; each was varied alone.</source>
        <translation>输入 {first} 和 {second} 共享内存；检查时分别单独变动。</translation>
    </message>
    <message>
        <source>the length of a tensor: the square root of the sum of its squared entries.</source>
        <translation>张量的长度：各元素平方和的平方根。</translation>
    </message>
    <message>
        <source>leaf</source>
        <translation>叶子</translation>
    </message>
    <message>
        <source>a tensor that no recorded operation made, such as a parameter.</source>
        <translation>不是由所记录的算子产生的张量，例如参数。</translation>
    </message>
    <message>
        <source>AccumulateGrad</source>
        <translation>AccumulateGrad</translation>
    </message>
    <message>
        <source>the node of a leaf: it adds the gradient that comes in to its grad.</source>
        <translation>叶子的节点：把到来的梯度累加到它的 grad。</translation>
    </message>
    <message>
        <source>strides</source>
        <translation>步幅</translation>
    </message>
    <message>
        <source>how many stored entries apart two neighbours are, along each dimension.</source>
        <translation>沿每个维度，相邻两个元素在存储中相隔多少个元素。</translation>
    </message>
    <message>
        <source>version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>how often a tensor was changed in place. Backward refuses a saved tensor that was changed since.</source>
        <translation>张量被原地修改的次数。保存的张量此后若被修改，反向会拒绝。</translation>
    </message>
    <message>
        <source>view</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>a tensor on the entries of another one, in another shape; nothing is copied.</source>
        <translation>以另一种形状看另一个张量的元素；什么都不复制。</translation>
    </message>
    <message>
        <source>⊙</source>
        <translation>⊙</translation>
    </message>
    <message>
        <source>the product of the entries at equal places.</source>
        <translation>对应位置的元素相乘。</translation>
    </message>
    <message>
        <source>reach</source>
        <translation>可达性</translation>
    </message>
    <message>
        <source>which parameters the gradient of the loss comes to, and where it is lost.</source>
        <translation>损失的梯度到达哪些参数，在哪里丢失。</translation>
    </message>
    <message>
        <source>To run an iteration again for a trap, up to {size} are kept.</source>
        <translation>为陷阱再次运行一次迭代，最多保留 {size}。</translation>
    </message>
    <message>
        <source>That was the last parameter of this update; the next step goes on behind it.</source>
        <translation>这是这次更新的最后一个参数；下一步从它之后继续。</translation>
    </message>
    <message>
        <source>Called outside of the model's own code, as the loss is: it has no line there.</source>
        <translation>在模型自己的代码之外调用，损失就是这样：它在那里没有代码行。</translation>
    </message>
    <message>
        <source>Forward begins with its first operation.</source>
        <translation>前向从第一个算子开始。</translation>
    </message>
    <message>
        <source>Forward has come to its next operation, which has no line in the model's own code.</source>
        <translation>前向来到下一个算子，它在模型自己的代码中没有对应的行。</translation>
    </message>
    <message>
        <source>Forward has come to line {line} of {file}, for the use {use} of {module}.</source>
        <translation>前向来到 {file} 的第 {line} 行，{module} 的第 {use} 次使用。</translation>
    </message>
    <message>
        <source>Forward runs line by line, and has come to line {line} of {file}.</source>
        <translation>前向逐行执行，来到 {file} 的第 {line} 行。</translation>
    </message>
    <message>
        <source>The backward that is written by hand begins with its first operation.</source>
        <translation>手写的反向从第一个算子开始。</translation>
    </message>
    <message>
        <source>It is the next operation of the backward that is written by hand.</source>
        <translation>它是手写的反向的下一个算子。</translation>
    </message>
    <message>
        <source>Line {line} of {file} changes it.</source>
        <translation>{file} 的第 {line} 行修改它。</translation>
    </message>
    <message>
        <source>Backward is over. The optimizer changes several parameters at once, in code of its own.</source>
        <translation>反向已结束。优化器在自己的代码中同时改变多个参数。</translation>
    </message>
    <message>
        <source>Backward is over: the optimizer begins with its first parameter. Its code is torch's, with no line.</source>
        <translation>反向已结束：优化器从第一个参数开始。它的代码属于 torch，没有对应的行。</translation>
    </message>
    <message>
        <source>The optimizer changes one parameter after the other.</source>
        <translation>优化器逐个改变参数。</translation>
    </message>
    <message>
        <source>All {count} gradients of {name} are in, and a leaf goes first.</source>
        <translation>{name} 的 {count} 个梯度已到齐，叶子优先。</translation>
    </message>
    <message>
        <source>The gradient of {name} is in, and a leaf goes first.</source>
        <translation>{name} 的梯度已到，叶子优先。</translation>
    </message>
    <message>
        <source>It has no line: no operation of forward made it.</source>
        <translation>它没有代码行：不是由前向的算子产生的。</translation>
    </message>
    <message>
        <source>Backward starts here, with d loss / d loss = 1.</source>
        <translation>反向从这里开始，d loss / d loss = 1。</translation>
    </message>
    <message>
        <source>The gradient that it waits for is in, from {name}.</source>
        <translation>它等待的梯度已到，来自 {name}。</translation>
    </message>
    <message>
        <source>All {count} gradients that it waits for are in: {names}.</source>
        <translation>它等待的 {count} 个梯度已到齐：{names}。</translation>
    </message>
    <message>
        <source>All {count} gradients that it waits for are in.</source>
        <translation>它等待的 {count} 个梯度已到齐。</translation>
    </message>
    <message>
        <source>Of the {count} nodes that are ready, the one that forward made last goes first.</source>
        <translation>在就绪的 {count} 个节点中，前向最后产生的先执行。</translation>
    </message>
    <message>
        <source>Going back to iteration {to}: at {step}</source>
        <translation>正在返回第 {to} 次迭代：现在是 {step}</translation>
    </message>
    <message>
        <source>Iterations run again up to {to}, with the same losses: at {step}</source>
        <translation>迭代再次运行到 {to}，损失相同：现在是 {step}</translation>
    </message>
    <message>
        <source>This run is not recorded, so no checkpoint can be kept; record runs, and reset it.</source>
        <translation>此运行没有被记录，所以无法保存检查点；请记录运行，并重置它。</translation>
    </message>
    <message>
        <source>Checkpoint of iteration {step} kept: {size}, in run {run}.</source>
        <translation>已保存第 {step} 次迭代的检查点：{size}，在运行 {run} 中。</translation>
    </message>
    <message>
        <source>From iteration {step} on this is run {run}; run {of} stays as it was.</source>
        <translation>从第 {step} 次迭代起是运行 {run}；运行 {of} 保持原样。</translation>
    </message>
    <message>
        <source>First in iteration {step}: {found}.</source>
        <translation>首次出现在第 {step} 次迭代：{found}。</translation>
    </message>
    <message>
        <source>First in iteration {step}, from {first} on: {found}.</source>
        <translation>从第 {first} 次起，首次出现在第 {step} 次迭代：{found}。</translation>
    </message>
    <message>
        <source>The search ended before iteration {end}; not met from {first} to there: {title}.</source>
        <translation>搜索在第 {end} 次迭代之前结束；从第 {first} 次到那里未满足：{title}。</translation>
    </message>
    <message>
        <source>In no iteration from {first} to {last}: {title}.</source>
        <translation>从第 {first} 次到第 {last} 次迭代都没有：{title}。</translation>
    </message>
    <message>
        <source>Before: {value:.4g} at least.</source>
        <translation>之前：至少 {value:.4g}。</translation>
    </message>
    <message>
        <source>{value:.4g} at least.</source>
        <translation>至少 {value:.4g}。</translation>
    </message>
    <message>
        <source>Before: {value:.4g} at most.</source>
        <translation>之前：至多 {value:.4g}。</translation>
    </message>
    <message>
        <source>{value:.4g} at most.</source>
        <translation>至多 {value:.4g}。</translation>
    </message>
    <message>
        <source>DistributedDataParallel waits for the gradient of every parameter, and some get none. Use them for the loss, freeze them, or pass find_unused_parameters=True.</source>
        <translation>DistributedDataParallel 等待每个参数的梯度，而有些参数得不到梯度。让损失用到它们、冻结它们，或传入 find_unused_parameters=True。</translation>
    </message>
    <message>
        <source>What backward starts from has no graph: no gradient goes to any parameter. The reasons below say where it is lost.</source>
        <translation>反向传播的起点没有计算图：梯度到不了任何参数。下面的原因说明它在哪里丢失。</translation>
    </message>
    <message>
        <source>torch.autograd.grad was asked for a tensor that the loss does not come from. Use it, leave it out, or pass allow_unused=True.</source>
        <translation>要求 torch.autograd.grad 对一个与损失无关的张量求梯度。使用它、去掉它，或传入 allow_unused=True。</translation>
    </message>
    <message>
        <source>torch.autograd.grad was asked for a tensor that is frozen; set requires_grad_(True) before.</source>
        <translation>要求 torch.autograd.grad 对一个冻结的张量求梯度；先设置 requires_grad_(True)。</translation>
    </message>
    <message>
        <source>No parameter was given to the optimizer; give it model.parameters().</source>
        <translation>没有给优化器任何参数；传入 model.parameters()。</translation>
    </message>
    <message>
        <source>A parameter may be in one group only: leave it out of the others.</source>
        <translation>一个参数只能在一个参数组中：从其他组中去掉它。</translation>
    </message>
    <message>
        <source>An optimizer takes leaves: give it the parameter itself, not what was computed from it.</source>
        <translation>优化器只接受叶子张量：把参数本身传给它，而不是由它计算得到的值。</translation>
    </message>
    <message>
        <source>A reentrant checkpoint passes no gradient on where no input wants one; pass use_reentrant=False.</source>
        <translation>没有任何输入需要梯度时，可重入的检查点不会传递梯度；传入 use_reentrant=False。</translation>
    </message>
    <message>
        <source>GradScaler met no gradient in this optimizer: none of its parameters gets one.</source>
        <translation>GradScaler 在这个优化器中没有遇到梯度：它的参数都得不到梯度。</translation>
    </message>
    <message>
        <source>Integers have no gradient; the parameters below are lost behind some.</source>
        <translation>整数没有梯度；下面的参数有些因整数而丢失梯度。</translation>
    </message>
    <message>
        <source>where the output was 0</source>
        <translation>输出为 0 的地方</translation>
    </message>
    <message>
        <source>where the input was not above the threshold</source>
        <translation>输入没有超过阈值的地方</translation>
    </message>
    <message>
        <source>where the input was outside of the bounds</source>
        <translation>输入在界外的地方</translation>
    </message>
    <message>
        <source>where the mask dropped the entry</source>
        <translation>掩码丢弃该元素的地方</translation>
    </message>
    <message>
        <source>where the mask is true</source>
        <translation>掩码为真的地方</translation>
    </message>
    <message>
        <source>The hook {function} ({place}) of the tensor {name} changed its gradient: {before} → {after}.</source>
        <translation>张量 {name} 的钩子 {function}（{place}）改变了它的梯度：{before} → {after}。</translation>
    </message>
    <message>
        <source>The hook {function} ({place}) of the parameter {name} changed its gradient: {before} → {after}.</source>
        <translation>参数 {name} 的钩子 {function}（{place}）改变了它的梯度：{before} → {after}。</translation>
    </message>
    <message>
        <source>The hook {function} ({place}) of the module {name} changed the gradient of its input: {before} → {after}.</source>
        <translation>模块 {name} 的钩子 {function}（{place}）改变了它输入的梯度：{before} → {after}。</translation>
    </message>
    <message>
        <source>not kept</source>
        <translation>未保留</translation>
    </message>
    <message>
        <source>the scalar {number}</source>
        <translation>标量 {number}</translation>
    </message>
    <message>
        <source>Saved in forward, and freed when this node had run: {names}.</source>
        <translation>前向时保存，这个节点执行后已释放：{names}。</translation>
    </message>
    <message>
        <source>Saved in forward, and kept until this node has run: {names}.</source>
        <translation>前向时保存，保留到这个节点执行为止：{names}。</translation>
    </message>
    <message>
        <source>It is a mean here.</source>
        <translation>这里是均值。</translation>
    </message>
    <message>
        <source>It is a sum here, not a mean.</source>
        <translation>这里是和，不是均值。</translation>
    </message>
    <message>
        <source>{name} has run.</source>
        <translation>{name} 已执行。</translation>
    </message>
    <message>
        <source>{count} more</source>
        <translation>另外 {count} 个</translation>
    </message>
    <message>
        <source>{name} made {values}.</source>
        <translation>{name} 得到 {values}。</translation>
    </message>
    <message>
        <source>{zeros} of {count} entries are 0, where the input was not above 0.</source>
        <translation>{count} 个元素中有 {zeros} 个为 0，即输入不大于 0 的地方。</translation>
    </message>
    <message>
        <source>{name} made {count} gradients.</source>
        <translation>{name} 得到 {count} 个梯度。</translation>
    </message>
    <message>
        <source>for {input}: {figures}</source>
        <translation>传给 {input} 的 {figures}</translation>
    </message>
    <message>
        <source>{name} made the gradient {gradients}.</source>
        <translation>{name} 算出梯度：{gradients}。</translation>
    </message>
    <message>
        <source>{name} has run; it made no gradient.</source>
        <translation>{name} 已执行；没有得到梯度。</translation>
    </message>
    <message>
        <source>input {number}</source>
        <translation>输入 {number}</translation>
    </message>
    <message>
        <source>It set {zeros} of {count} entries to 0, {reason}.</source>
        <translation>它把 {count} 个元素中的 {zeros} 个置为 0：{reason}。</translation>
    </message>
    <message>
        <source>{zeros} of {count} entries are 0, {reason}, or because they were 0 before.</source>
        <translation>{count} 个元素中有 {zeros} 个为 0：{reason}，或原来就是 0。</translation>
    </message>
    <message>
        <source>All {terms} terms for {name} are in: their sum goes on.</source>
        <translation>{name} 的 {terms} 项已到齐：它们的和继续向前。</translation>
    </message>
    <message>
        <source>{arrived} of {terms} terms for {name} are in.</source>
        <translation>{name} 的 {terms} 项中已到 {arrived} 项。</translation>
    </message>
    <message>
        <source>A gradient was added to {name}.grad, and changed in place since.</source>
        <translation>{name}.grad 加上了一个梯度，之后又被原地修改。</translation>
    </message>
    <message>
        <source>The sum of {terms} terms was added to {name}.grad, which is now {figures}; norms of terms do not add.</source>
        <translation>{terms} 项之和加到了 {name}.grad 上，现在是 {figures}；各项的范数不能相加。</translation>
    </message>
    <message>
        <source>The gradient was added to {name}.grad, which is now {figures}.</source>
        <translation>梯度已累加到 {name}.grad，现在是 {figures}。</translation>
    </message>
    <message>
        <source>What it had saved is freed: {names}.</source>
        <translation>它保存的内容已释放：{names}。</translation>
    </message>
    <message>
        <source>{name} changed.</source>
        <translation>{name} 已改变。</translation>
    </message>
    <message>
        <source>{name} changed: norm {before} → {after}, by a step of norm {step}.</source>
        <translation>{name} 已改变：范数 {before} → {after}，更新步的范数 {step}。</translation>
    </message>
    <message>
        <source>gradient</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>momentum</source>
        <translation>动量</translation>
    </message>
    <message>
        <source>weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>It moved by a norm of {norm}.</source>
        <translation>它移动的范数是 {norm}。</translation>
    </message>
    <message>
        <source>It will move by a norm of {norm}.</source>
        <translation>它将移动的范数是 {norm}。</translation>
    </message>
    <message>
        <source>The largest of its terms is the {part}; the terms add up, their norms do not.</source>
        <translation>最大的一项是{part}；各项可以相加，它们的范数不能。</translation>
    </message>
    <message>
        <source>That differs from the formula by {share}: something else changed the parameter during its step.</source>
        <translation>这与公式相差 {share}：更新期间还有别的东西改变了这个参数。</translation>
    </message>
    <message>
        <source>{optimizer}, step {step}</source>
        <translation>{optimizer}，第 {step} 步</translation>
    </message>
    <message>
        <source>reshapes × {count}</source>
        <translation>变形 × {count}</translation>
    </message>
    <message>
        <source>{first} to {last}</source>
        <translation>{first} 到 {last}</translation>
    </message>
    <message>
        <source>{count} nodes each</source>
        <translation>每个 {count} 个节点</translation>
    </message>
    <message>
        <source>{low} to {high} nodes each</source>
        <translation>每个 {low} 到 {high} 个节点</translation>
    </message>
    <message>
        <source>The engine refers to a graph that was not sent; reset the run.</source>
        <translation>引擎引用了没有发送的计算图；请重置运行。</translation>
    </message>
    <message>
        <source>run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>The losses of run {run} go on at iteration {first}, but {curve} should come next; reset the run.</source>
        <translation>运行 {run} 的损失从迭代 {first} 继续，但接下来应是 {curve}；请重置运行。</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Update / weight</source>
        <translation>更新 / 权重</translation>
    </message>
    <message>
        <source>Activation mean</source>
        <translation>激活均值</translation>
    </message>
    <message>
        <source>Activation deviation</source>
        <translation>激活标准差</translation>
    </message>
    <message>
        <source>Share of zeros</source>
        <translation>零的比例</translation>
    </message>
    <message>
        <source>layers × time</source>
        <translation>层 × 时间</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>全部合计</translation>
    </message>
    <message>
        <source>Layers × time</source>
        <translation>层 × 时间</translation>
    </message>
    <message>
        <source>Logged by the code</source>
        <translation>代码记录的指标</translation>
    </message>
    <message>
        <source>of each node</source>
        <translation>每个节点的</translation>
    </message>
    <message>
        <source>around each node</source>
        <translation>每个节点所在的</translation>
    </message>
    <message>
        <source>Output size</source>
        <translation>输出大小</translation>
    </message>
    <message>
        <source>of the first output</source>
        <translation>第一个输出的</translation>
    </message>
    <message>
        <source>Forward time</source>
        <translation>前向时间</translation>
    </message>
    <message>
        <source>of each op</source>
        <translation>每个算子的</translation>
    </message>
    <message>
        <source>Time of the op in forward</source>
        <translation>算子的前向用时</translation>
    </message>
    <message>
        <source>Backward time</source>
        <translation>反向时间</translation>
    </message>
    <message>
        <source>Time of the node in backward</source>
        <translation>节点的反向用时</translation>
    </message>
    <message>
        <source>FLOPs</source>
        <translation>FLOPs</translation>
    </message>
    <message>
        <source>of each forward op</source>
        <translation>每个前向算子的</translation>
    </message>
    <message>
        <source>Floating-point operations of the forward op</source>
        <translation>前向算子的浮点运算次数</translation>
    </message>
    <message>
        <source>each storage once</source>
        <translation>每块存储只计一次</translation>
    </message>
    <message>
        <source>Bytes held for backward; a storage that several nodes hold counts at the first</source>
        <translation>为反向保留的字节数；多个节点共用的存储计在第一个</translation>
    </message>
    <message>
        <source>L2, of each output</source>
        <translation>L2，每个输出的</translation>
    </message>
    <message>
        <source>Grad norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>L2 norm of the gradient of the first output; of a leaf, of its gradient</source>
        <translation>第一个输出的梯度的 L2 范数；叶子则为它自己的梯度</translation>
    </message>
    <message>
        <source>of each output</source>
        <translation>每个输出的</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Mean of the first output</source>
        <translation>第一个输出的均值</translation>
    </message>
    <message>
        <source>Activation std</source>
        <translation>激活标准差</translation>
    </message>
    <message>
        <source>Std</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>Standard deviation of the first output</source>
        <translation>第一个输出的标准差</translation>
    </message>
    <message>
        <source>Update to weight</source>
        <translation>更新与权重之比</translation>
    </message>
    <message>
        <source>L2, update over weight</source>
        <translation>L2，更新除以权重</translation>
    </message>
    <message>
        <source>L2 norm of the last update over that of the values</source>
        <translation>最近一次更新的 L2 范数除以数值的 L2 范数</translation>
    </message>
    <message>
        <source>Dead units</source>
        <translation>死亡单元</translation>
    </message>
    <message>
        <source>share of units always zero</source>
        <translation>始终为零的单元的比例</translation>
    </message>
    <message>
        <source>Dead</source>
        <translation>死亡</translation>
    </message>
    <message>
        <source>Share of units that were zero ever since measuring began</source>
        <translation>自开始测量以来一直为零的单元的比例</translation>
    </message>
    <message>
        <source>No unit is known to be dead; measured of ReLU and the like.</source>
        <translation>没有已知的死亡单元；对 ReLU 之类测量。</translation>
    </message>
    <message>
        <source>overlay</source>
        <translation>着色</translation>
    </message>
    <message>
        <source>{kind} has {values} values of {ids} nodes.</source>
        <translation>{kind} 有 {values} 个值，对应 {ids} 个节点。</translation>
    </message>
    <message>
        <source>Index {part} is out of range for a dimension of {size}.</source>
        <translation>下标 {part} 超出大小为 {size} 的维度。</translation>
    </message>
    <message>
        <source>A shape is sizes with × or x between them, as 64 × 100.</source>
        <translation>形状是用 × 或 x 隔开的大小，例如 64 × 100。</translation>
    </message>
    <message>
        <source>The share is a number from 0 to 1, or a percentage, as 90 %.</source>
        <translation>比例是 0 到 1 之间的数，或百分数，如 90 %。</translation>
    </message>
    <message>
        <source>Choose the file.</source>
        <translation>请选择文件。</translation>
    </message>
    <message>
        <source>The line is a whole number from 1.</source>
        <translation>行号是从 1 开始的整数。</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用次序</translation>
    </message>
    <message>
        <source>The use is a whole number; 0 or empty is every use.</source>
        <translation>使用次序是整数；0 或空表示每次使用。</translation>
    </message>
    <message>
        <source>every use</source>
        <translation>每次使用</translation>
    </message>
    <message>
        <source>Op or node</source>
        <translation>算子或节点</translation>
    </message>
    <message>
        <source>Name an op or a node, as addmm or AddmmBackward0.</source>
        <translation>请写出算子或节点，例如 addmm 或 AddmmBackward0。</translation>
    </message>
    <message>
        <source>Name a module by its path, as middle_linear.</source>
        <translation>请用路径指明模块，例如 middle_linear。</translation>
    </message>
    <message>
        <source>Phase</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Iteration</source>
        <translation>迭代</translation>
    </message>
    <message>
        <source>The iteration is a whole number from 0.</source>
        <translation>迭代是从 0 开始的整数。</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>范数</translation>
    </message>
    <message>
        <source>The norm is a number from 0, as 1000 or 1e-6.</source>
        <translation>范数是从 0 开始的数，例如 1000 或 1e-6。</translation>
    </message>
    <message>
        <source>The loss is a number, as 2.5.</source>
        <translation>损失是一个数，例如 2.5。</translation>
    </message>
    <message>
        <source>Of</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Times its median</source>
        <translation>中位数的倍数</translation>
    </message>
    <message>
        <source>Times its median is a number from 1, as 10.</source>
        <translation>“中位数的倍数”是不小于 1 的数，如 10。</translation>
    </message>
    <message>
        <source>Of the last iterations</source>
        <translation>最近的迭代次数</translation>
    </message>
    <message>
        <source>The number of iterations is a whole number from 1.</source>
        <translation>迭代次数是不小于 1 的整数。</translation>
    </message>
    <message>
        <source>For iterations</source>
        <translation>迭代次数</translation>
    </message>
    <message>
        <source>Step over weight</source>
        <translation>更新量与权重之比</translation>
    </message>
    <message>
        <source>The ratio is a number from 0, as 0.1 or 1e-6.</source>
        <translation>比值是不小于 0 的数，如 0.1 或 1e-6。</translation>
    </message>
    <message>
        <source>Lowest</source>
        <translation>下限</translation>
    </message>
    <message>
        <source>The end of a range is a number, as -5.</source>
        <translation>范围的端点是一个数，如 -5。</translation>
    </message>
    <message>
        <source>Highest</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>The end of a range is a number, as 5.</source>
        <translation>范围的端点是一个数，如 5。</translation>
    </message>
    <message>
        <source>Within</source>
        <translation>限于</translation>
    </message>
    <message>
        <source>all; or module, parameter</source>
        <translation>全部；或模块、参数</translation>
    </message>
    <message>
        <source>any; or module, parameter, * for all</source>
        <translation>任意；或模块、参数，* 表示全部</translation>
    </message>
    <message>
        <source>In</source>
        <translation>在</translation>
    </message>
    <message>
        <source>in forward</source>
        <translation>前向中</translation>
    </message>
    <message>
        <source>in backward</source>
        <translation>反向中</translation>
    </message>
    <message>
        <source>in update</source>
        <translation>更新中</translation>
    </message>
    <message>
        <source>This is asked of gradients, in backward, not {where}.</source>
        <translation>这用于反向中的梯度，不能用于{where}。</translation>
    </message>
    <message>
        <source>This is asked of a whole iteration, not {where}.</source>
        <translation>这是对整次迭代检查的，不能限于{where}。</translation>
    </message>
    <message>
        <source>This is asked of what comes out in forward and backward, not {where}.</source>
        <translation>这用于前向和反向的结果，不能用于{where}。</translation>
    </message>
    <message>
        <source>This cannot be narrowed to a module or a parameter.</source>
        <translation>这个不能限于某个模块或参数。</translation>
    </message>
    <message>
        <source>The loss is that of the whole model; a spike of gradient or update can be within {name}.</source>
        <translation>损失是整个模型的；只有梯度或更新的突增可以限定在 {name} 内。</translation>
    </message>
    <message>
        <source>Write the phase: break phase backward.</source>
        <translation>请写出阶段：break phase backward。</translation>
    </message>
    <message>
        <source>Write the iteration: break iteration 10.</source>
        <translation>请写出迭代：break iteration 10。</translation>
    </message>
    <message>
        <source>Write the loss: break loss &gt; 2.5, or &lt; 0.1.</source>
        <translation>请写出损失：break loss &gt; 2.5，或 &lt; 0.1。</translation>
    </message>
    <message>
        <source>Write the shape: break shape 64x100, or scalar.</source>
        <translation>请写出形状：break shape 64x100，或 scalar。</translation>
    </message>
    <message>
        <source>of all parameters together</source>
        <translation>所有参数合起来</translation>
    </message>
    <message>
        <source>within {name}</source>
        <translation>限于 {name}</translation>
    </message>
    <message>
        <source>Shape {shape}</source>
        <translation>形状 {shape}</translation>
    </message>
    <message>
        <source>use {use}</source>
        <translation>第 {use} 次使用</translation>
    </message>
    <message>
        <source>Loss above {number} × its median</source>
        <translation>损失高于中位数的 {number} 倍</translation>
    </message>
    <message>
        <source>Gradient norm above {number} × its median</source>
        <translation>梯度范数高于中位数的 {number} 倍</translation>
    </message>
    <message>
        <source>Step above {number} × its median</source>
        <translation>更新量高于中位数的 {number} 倍</translation>
    </message>
    <message>
        <source>Forward begins</source>
        <translation>前向开始</translation>
    </message>
    <message>
        <source>Backward begins</source>
        <translation>反向开始</translation>
    </message>
    <message>
        <source>Update begins</source>
        <translation>更新开始</translation>
    </message>
    <message>
        <source>forward and backward</source>
        <translation>前向和反向</translation>
    </message>
    <message>
        <source>at its start</source>
        <translation>在开始处</translation>
    </message>
    <message>
        <source>any node of backward</source>
        <translation>反向的任何节点</translation>
    </message>
    <message>
        <source>any op, any node</source>
        <translation>任何算子、任何节点</translation>
    </message>
    <message>
        <source>in loss, gradients, updates</source>
        <translation>在损失、梯度、更新中</translation>
    </message>
    <message>
        <source>any weight</source>
        <translation>任意权重</translation>
    </message>
    <message>
        <source>before the iteration</source>
        <translation>在该次迭代之前</translation>
    </message>
    <message>
        <source>Write the norm: break norm &gt; 1e3, or &lt; 1e-6.</source>
        <translation>请写出范数：break norm &gt; 1e3，或 &lt; 1e-6。</translation>
    </message>
    <message>
        <source>Write the ratio of step and weight: break ratio &gt; 0.1, or &lt; 1e-6.</source>
        <translation>写出更新量与权重之比：break ratio &gt; 0.1，或 &lt; 1e-6。</translation>
    </message>
    <message>
        <source>before a node, in forward and backward</source>
        <translation>在节点之前，前向和反向均可</translation>
    </message>
    <message>
        <source>before its gradient is stored</source>
        <translation>在保存它的梯度之前</translation>
    </message>
    <message>
        <source>every op and node of this name</source>
        <translation>这个名称的每个算子和节点</translation>
    </message>
    <message>
        <source>an op or a node type</source>
        <translation>算子或节点类型</translation>
    </message>
    <message>
        <source>before every op or node of that name</source>
        <translation>在每个同名算子或节点之前</translation>
    </message>
    <message>
        <source>on entering the module</source>
        <translation>进入模块时</translation>
    </message>
    <message>
        <source>a module</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>on entering a module</source>
        <translation>进入模块时</translation>
    </message>
    <message>
        <source>a source line</source>
        <translation>源代码行</translation>
    </message>
    <message>
        <source>before what a line made</source>
        <translation>在某一行产生的节点之前</translation>
    </message>
    <message>
        <source>the start of a phase</source>
        <translation>阶段的开始</translation>
    </message>
    <message>
        <source>when a phase begins: forward, backward, update</source>
        <translation>某个阶段开始时：forward、backward、update</translation>
    </message>
    <message>
        <source>Iteration {step}</source>
        <translation>迭代 {step}</translation>
    </message>
    <message>
        <source>an iteration</source>
        <translation>迭代</translation>
    </message>
    <message>
        <source>when an iteration begins</source>
        <translation>某次迭代开始时</translation>
    </message>
    <message>
        <source>NaN or Inf</source>
        <translation>NaN 或 Inf</translation>
    </message>
    <message>
        <source>NaN or Inf in loss, gradients, updates</source>
        <translation>损失、梯度、更新中的 NaN 或 Inf</translation>
    </message>
    <message>
        <source>where a NaN or Inf begins that reaches loss, gradient or update</source>
        <translation>到达损失、梯度或更新的 NaN 或 Inf 开始之处</translation>
    </message>
    <message>
        <source>NaN appears</source>
        <translation>出现 NaN</translation>
    </message>
    <message>
        <source>NaN anywhere</source>
        <translation>任意处的 NaN</translation>
    </message>
    <message>
        <source>after a NaN came out, anywhere</source>
        <translation>任意处出现 NaN 之后</translation>
    </message>
    <message>
        <source>Inf appears</source>
        <translation>出现 Inf</translation>
    </message>
    <message>
        <source>Inf anywhere</source>
        <translation>任意处的 Inf</translation>
    </message>
    <message>
        <source>after an infinity came out, anywhere</source>
        <translation>任意处出现无穷大之后</translation>
    </message>
    <message>
        <source>a spike</source>
        <translation>尖峰</translation>
    </message>
    <message>
        <source>Write the spike: break spike 10 of 50, or spike gradient 10 of 50.</source>
        <translation>写出尖峰：break spike 10 of 50，或 spike gradient 10 of 50。</translation>
    </message>
    <message>
        <source>median of the last {other}</source>
        <translation>最近 {other} 次的中位数</translation>
    </message>
    <message>
        <source>before a loss above 10 times the median of the last 50</source>
        <translation>在损失高于最近 50 次中位数的 10 倍之前</translation>
    </message>
    <message>
        <source>of the gradient's norm; or of the update's</source>
        <translation>梯度的范数；或更新量的范数</translation>
    </message>
    <message>
        <source>Loss above {number}</source>
        <translation>损失高于 {number}</translation>
    </message>
    <message>
        <source>loss above</source>
        <translation>损失高于</translation>
    </message>
    <message>
        <source>before an iteration whose loss is above (or below, with &lt;)</source>
        <translation>在损失高于该值（用 &lt; 则为低于）的迭代之前</translation>
    </message>
    <message>
        <source>Loss below {number}</source>
        <translation>损失低于 {number}</translation>
    </message>
    <message>
        <source>loss below</source>
        <translation>损失低于</translation>
    </message>
    <message>
        <source>Gradient norm above {number}</source>
        <translation>梯度范数高于 {number}</translation>
    </message>
    <message>
        <source>gradient norm above</source>
        <translation>梯度范数高于</translation>
    </message>
    <message>
        <source>after a gradient's norm was above (or below, with &lt;)</source>
        <translation>梯度的范数高于某值之后（用 &lt; 则为低于）</translation>
    </message>
    <message>
        <source>that of all parameters together, or of one module's</source>
        <translation>所有参数合起来的，或一个模块的</translation>
    </message>
    <message>
        <source>Gradient norm below {number}</source>
        <translation>梯度范数低于 {number}</translation>
    </message>
    <message>
        <source>gradient norm below</source>
        <translation>梯度范数低于</translation>
    </message>
    <message>
        <source>Gradient all zero</source>
        <translation>梯度全为零</translation>
    </message>
    <message>
        <source>gradient all zero</source>
        <translation>梯度全为零</translation>
    </message>
    <message>
        <source>after a gradient came out zero everywhere</source>
        <translation>梯度处处为零之后</translation>
    </message>
    <message>
        <source>Step above {number} of the weight</source>
        <translation>更新量高于权重的 {number} 倍</translation>
    </message>
    <message>
        <source>a step that is large for its weight</source>
        <translation>相对权重过大的更新量</translation>
    </message>
    <message>
        <source>after a step so large beside its weight (or so small, with &lt;)</source>
        <translation>更新量相对权重如此之大之后（用 &lt; 则为如此之小）</translation>
    </message>
    <message>
        <source>Step below {number} of the weight</source>
        <translation>更新量低于权重的 {number} 倍</translation>
    </message>
    <message>
        <source>a step that is small for its weight</source>
        <translation>相对权重过小的更新量</translation>
    </message>
    <message>
        <source>Weight not changed by the update</source>
        <translation>更新没有改变权重</translation>
    </message>
    <message>
        <source>a weight that does not change</source>
        <translation>不变的权重</translation>
    </message>
    <message>
        <source>after an update that left a weight as it was</source>
        <translation>更新没有改变某个权重之后</translation>
    </message>
    <message>
        <source>Weight changed by the update</source>
        <translation>权重被更新改变</translation>
    </message>
    <message>
        <source>a weight that changes</source>
        <translation>一个改变了的权重</translation>
    </message>
    <message>
        <source>after an update that changed a weight, as a frozen one</source>
        <translation>在改变了某个权重（例如被冻结的权重）的更新之后</translation>
    </message>
    <message>
        <source>Zeros above {percent} %</source>
        <translation>零高于 {percent} %</translation>
    </message>
    <message>
        <source>share of zeros above</source>
        <translation>零的比例高于</translation>
    </message>
    <message>
        <source>Write the share: break zeros &gt; 90%.</source>
        <translation>写出比例：break zeros &gt; 90%。</translation>
    </message>
    <message>
        <source>after so many entries came out zero</source>
        <translation>结果中这么多元素为零之后</translation>
    </message>
    <message>
        <source>Dead units above {percent} %</source>
        <translation>死亡单元高于 {percent} %</translation>
    </message>
    <message>
        <source>share of dead units above</source>
        <translation>死亡单元的比例高于</translation>
    </message>
    <message>
        <source>Write the share: break dead &gt; 50%.</source>
        <translation>写出比例：break dead &gt; 50%。</translation>
    </message>
    <message>
        <source>after a ReLU whose units were zero for the whole batch</source>
        <translation>ReLU 的单元对整个批次都为零之后</translation>
    </message>
    <message>
        <source>Values outside {number} to {other}</source>
        <translation>值超出 {number} 到 {other}</translation>
    </message>
    <message>
        <source>values outside a range</source>
        <translation>超出范围的值</translation>
    </message>
    <message>
        <source>Write the range: break outside -5 5.</source>
        <translation>写出范围：break outside -5 5。</translation>
    </message>
    <message>
        <source>after a value outside a range came out</source>
        <translation>出现超出范围的值之后</translation>
    </message>
    <message>
        <source>a shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>after a result of that shape</source>
        <translation>出现该形状的结果之后</translation>
    </message>
    <message>
        <source>Loss not falling for {number} iterations</source>
        <translation>损失已有 {number} 次迭代没有下降</translation>
    </message>
    <message>
        <source>a loss that does not fall</source>
        <translation>损失不下降</translation>
    </message>
    <message>
        <source>Write for how many iterations: break not_falling 100.</source>
        <translation>写出迭代次数：break not_falling 100。</translation>
    </message>
    <message>
        <source>when the loss has had no lower value for 100 iterations</source>
        <translation>损失已有 100 次迭代没有低于最低值时</translation>
    </message>
    <message>
        <source>Update left out by the gradient scaler</source>
        <translation>梯度缩放器跳过的更新</translation>
    </message>
    <message>
        <source>in a script</source>
        <translation>在脚本中</translation>
    </message>
    <message>
        <source>an update that GradScaler leaves out</source>
        <translation>GradScaler 跳过的更新</translation>
    </message>
    <message>
        <source>after an update that GradScaler left out, in a script</source>
        <translation>GradScaler 跳过更新之后（在脚本中）</translation>
    </message>
    <message>
        <source>there is no kind {kinds}</source>
        <translation>没有 {kinds} 这种</translation>
    </message>
    <message>
        <source>The stored breakpoints cannot be read ({error}); they start empty.</source>
        <translation>无法读取保存的断点（{error}）；断点列表从空开始。</translation>
    </message>
    <message>
        <source>Nothing runs at {name}: it is the loss, data, or a leaf without gradient.</source>
        <translation>{name} 处不执行任何操作：它是损失、数据，或不需要梯度的叶子。</translation>
    </message>
    <message>
        <source>{name} is passed in {phases}, not in {phase}.</source>
        <translation>{name} 在{phases}中经过，不在{phase}中。</translation>
    </message>
    <message>
        <source>No module and no parameter is called {name}.</source>
        <translation>没有叫 {name} 的模块或参数。</translation>
    </message>
    <message>
        <source>No module and no parameter is called {name}; did you mean {near}?</source>
        <translation>没有叫 {name} 的模块或参数；你是指 {near} 吗？</translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation>（无名称）</translation>
    </message>
    <message>
        <source>source line</source>
        <translation>代码行</translation>
    </message>
    <message>
        <source>op</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>region</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>{reached} of {total} parameters get a gradient</source>
        <translation>{total} 个参数中有 {reached} 个得到梯度</translation>
    </message>
    <message>
        <source>One tensor, several names ({count})</source>
        <translation>一个张量，多个名称（{count}）</translation>
    </message>
    <message>
        <source>What could not be explained ({count})</source>
        <translation>无法解释的部分（{count}）</translation>
    </message>
    <message>
        <source>in no optimizer, so nothing updates it</source>
        <translation>不在任何优化器中，所以没有什么会更新它</translation>
    </message>
    <message>
        <source>in {count} groups: {names}</source>
        <translation>在 {count} 个参数组中：{names}</translation>
    </message>
    <message>
        <source>its learning rate is 0</source>
        <translation>它的学习率为 0</translation>
    </message>
    <message>
        <source>the last update did not change it</source>
        <translation>上次更新没有改变它</translation>
    </message>
    <message>
        <source>There are no values to compare.</source>
        <translation>没有可以比较的数值。</translation>
    </message>
    <message>
        <source>{one} and {other} have different shapes.</source>
        <translation>{one} 和 {other} 的形状不同。</translation>
    </message>
    <message>
        <source>Complex numbers are not compared.</source>
        <translation>复数不作比较。</translation>
    </message>
    <message>
        <source>of the present only</source>
        <translation>只限当前的值</translation>
    </message>
    <message>
        <source>not in this graph</source>
        <translation>不在这个计算图中</translation>
    </message>
    <message>
        <source>not computed yet</source>
        <translation>尚未计算</translation>
    </message>
    <message>
        <source>{name} must be between {minimum} and {maximum}, not {number}.</source>
        <translation>{name} 必须在 {minimum} 和 {maximum} 之间，而不是 {number}。</translation>
    </message>
    <message>
        <source>layers_min must not exceed layers_max: {fewest} is more than {most}.</source>
        <translation>layers_min 不能超过 layers_max：{fewest} 大于 {most}。</translation>
    </message>
    <message>
        <source>width must be a multiple of heads: {width} is not one of {heads}.</source>
        <translation>width 必须是 heads 的倍数：{width} 不是 {heads} 的倍数。</translation>
    </message>
    <message>
        <source>rows of x: how many examples</source>
        <translation>x 的行数：样本个数</translation>
    </message>
    <message>
        <source>columns of x: features of an example</source>
        <translation>x 的列数：每个样本的特征数</translation>
    </message>
    <message>
        <source>units of the hidden layer</source>
        <translation>隐藏层的单元数</translation>
    </message>
    <message>
        <source>columns of y: outputs for an example</source>
        <translation>y 的列数：每个样本的输出数</translation>
    </message>
    <message>
        <source>from</source>
        <comment>hyperparameter</comment>
        <translation>从</translation>
    </message>
    <message>
        <source>the fewest uses of the middle layer in a forward</source>
        <translation>一次前向中使用中间层的最少次数</translation>
    </message>
    <message>
        <source>to</source>
        <comment>hyperparameter</comment>
        <translation>到</translation>
    </message>
    <message>
        <source>the most uses of the middle layer in a forward</source>
        <translation>一次前向中使用中间层的最多次数</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>手工</translation>
    </message>
    <message>
        <source>Autograd</source>
        <translation>自动求导</translation>
    </message>
    <message>
        <source>Real data</source>
        <translation>真实数据</translation>
    </message>
    <message>
        <source>sum of squares</source>
        <translation>平方和</translation>
    </message>
    <message>
        <source>cross-entropy</source>
        <translation>交叉熵</translation>
    </message>
    <message>
        <source>Batch</source>
        <comment>hyperparameter</comment>
        <translation>批次</translation>
    </message>
    <message>
        <source>NumPy, derived by hand</source>
        <translation>NumPy，手工推导</translation>
    </message>
    <message>
        <source>NumPy arrays live in the CPU's memory; open tensors for the same on a GPU</source>
        <translation>NumPy 数组在 CPU 的内存中；要在 GPU 上看同样的内容，请打开 tensors</translation>
    </message>
    <message>
        <source>tensors, derived by hand</source>
        <translation>张量，手工推导</translation>
    </message>
    <message>
        <source>two layers, backward()</source>
        <translation>两层，backward()</translation>
    </message>
    <message>
        <source>a custom Function</source>
        <translation>自定义 Function</translation>
    </message>
    <message>
        <source>a custom nn.Module</source>
        <translation>自定义 nn.Module</translation>
    </message>
    <message>
        <source>random depth, shared</source>
        <translation>随机深度，共享</translation>
    </message>
    <message>
        <source>a small ConvNet, images</source>
        <translation>小型卷积网络，图像</translation>
    </message>
    <message>
        <source>images in a mini-batch</source>
        <translation>小批次中的图像数</translation>
    </message>
    <message>
        <source>Channels</source>
        <comment>hyperparameter</comment>
        <translation>通道</translation>
    </message>
    <message>
        <source>channels of the first convolution</source>
        <translation>第一次卷积的通道数</translation>
    </message>
    <message>
        <source>one transformer block</source>
        <translation>一个 Transformer 块</translation>
    </message>
    <message>
        <source>pieces of text in a mini-batch</source>
        <translation>小批次中的文本段数</translation>
    </message>
    <message>
        <source>Context</source>
        <comment>hyperparameter</comment>
        <translation>上下文</translation>
    </message>
    <message>
        <source>characters that a piece is long</source>
        <translation>每段的字符数</translation>
    </message>
    <message>
        <source>Width</source>
        <comment>hyperparameter</comment>
        <translation>宽度</translation>
    </message>
    <message>
        <source>features of a character; a multiple of the heads</source>
        <translation>每个字符的特征数；头数的倍数</translation>
    </message>
    <message>
        <source>Heads</source>
        <comment>hyperparameter</comment>
        <translation>头数</translation>
    </message>
    <message>
        <source>attention heads</source>
        <translation>注意力头数</translation>
    </message>
    <message>
        <source>a frame of {length} bytes is not one of gradviz's; restart the engine</source>
        <translation>{length} 字节的帧不是 gradviz 的；请重新启动引擎</translation>
    </message>
    <message>
        <source>a message is not understood ({error}); restart the engine</source>
        <translation>无法理解消息（{error}）；请重新启动引擎</translation>
    </message>
    <message>
        <source>{configuration}, seed {seed}</source>
        <translation>{configuration}，种子 {seed}</translation>
    </message>
    <message>
        <source>{text!r} is no optimizer; write NAME or NAME:OPTION=VALUE, such as SGD:momentum=0.9.</source>
        <translation>{text!r} 不是优化器；写作 NAME 或 NAME:OPTION=VALUE，例如 SGD:momentum=0.9。</translation>
    </message>
    <message>
        <source>{count} runs are too many for one race; choose at most {most}.</source>
        <translation>一次竞赛中 {count} 个运行太多；最多选 {most} 个。</translation>
    </message>
    <message>
        <source>Seeds are whole numbers from 0 to {largest} with blanks between, such as 0 1 2.</source>
        <translation>种子是 0 到 {largest} 之间的整数，用空格分开，例如 0 1 2。</translation>
    </message>
    <message>
        <source>The threshold is a loss, such as 0.05, or nothing for one that all come down to.</source>
        <translation>阈值是一个损失，例如 0.05；留空则取所有运行都会降到的损失。</translation>
    </message>
    <message>
        <source>Options are written NAME=VALUE with blanks between, such as momentum=0.9 nesterov=true.</source>
        <translation>选项写作 NAME=VALUE，用空格分开，例如 momentum=0.9 nesterov=true。</translation>
    </message>
    <message>
        <source>gradviz has a bug here: {0}</source>
        <translation>gradviz 在这里有一个错误：{0}</translation>
    </message>
    <message>
        <source>No run of the race had a loss.</source>
        <translation>竞赛中没有一个运行有损失。</translation>
    </message>
    <message>
        <source>It imports {name}, which you have not allowed as it is; open it in the window first.</source>
        <translation>它导入了 {name}，而你尚未允许其现在的内容；请先在窗口中打开它。</translation>
    </message>
    <message>
        <source>The run failed.</source>
        <translation>运行失败。</translation>
    </message>
    <message>
        <source>configuration</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>seeds</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>final</source>
        <translation>最终</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>{iterations} ({count} of {all} seeds)</source>
        <translation>{iterations}（{all} 个种子中的 {count} 个）</translation>
    </message>
    <message>
        <source>iterations and seconds until the loss is {threshold:.6g} or less; mean ± standard deviation over seeds</source>
        <translation>损失降到 {threshold:.6g} 或以下所需的迭代次数和秒数；各种子的均值 ± 标准差</translation>
    </message>
    <message>
        <source>runs of one seed begin with the same weights and see the same data; threads each: {threads}</source>
        <translation>种子相同的运行从相同的权重开始，看到相同的数据；每个的线程数：{threads}</translation>
    </message>
    <message>
        <source>It goes on from {id} with a change.</source>
        <translation>它带着改动从 {id} 继续。</translation>
    </message>
    <message>
        <source>SHA-256 of the source</source>
        <translation>源文件的 SHA-256</translation>
    </message>
    <message>
        <source>{name} cannot be read as CSV: {reason}; save it as UTF-8 with commas.</source>
        <translation>{name} 无法作为 CSV 读取：{reason}；请存为以逗号分隔的 UTF-8。</translation>
    </message>
    <message>
        <source>The column {name} holds no numbers; it is left out.</source>
        <translation>列 {name} 中没有数值；已略去。</translation>
    </message>
    <message>
        <source>{name}, row {row}: {cell!r} is no step; write whole numbers there.</source>
        <translation>{name}，第 {row} 行：{cell!r} 不是步数；那里要写整数。</translation>
    </message>
    <message>
        <source>{name} has no event files; name the folder that TensorBoard is given.</source>
        <translation>{name} 中没有事件文件；请指定交给 TensorBoard 的那个文件夹。</translation>
    </message>
    <message>
        <source>{name}: {count} entries that are no scalars are left out.</source>
        <translation>{name}：{count} 个不是标量的条目已略去。</translation>
    </message>
    <message>
        <source>{name} is damaged from byte {place} on; what is before is read.</source>
        <translation>{name} 从第 {place} 字节起已损坏；之前的内容已读取。</translation>
    </message>
    <message>
        <source>{path} cannot be written: {reason}.</source>
        <translation>无法写入 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>无法读取 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{name} has no numbers to show; nothing was imported.</source>
        <translation>{name} 中没有可显示的数值；没有导入任何内容。</translation>
    </message>
    <message>
        <source>{name} is no known format; name a file that ends in one of {known}, or a folder for TensorBoard.</source>
        <translation>{name} 的格式未知；请指定以 {known} 之一结尾的文件，或用于 TensorBoard 的文件夹。</translation>
    </message>
    <message>
        <source>{name} cannot be read as Parquet: {reason}; write it again.</source>
        <translation>{name} 无法作为 Parquet 读取：{reason}；请重新写一次。</translation>
    </message>
    <message>
        <source>{name} has steps that are no whole numbers; write those.</source>
        <translation>{name} 的步数不是整数；请写整数。</translation>
    </message>
    <message>
        <source>Parquet needs a package that is not installed; "pip install pyarrow" installs it.</source>
        <translation>Parquet 需要一个尚未安装的包；用 “pip install pyarrow” 安装。</translation>
    </message>
    <message>
        <source>{title} has no column called step; name the column of iterations so.</source>
        <translation>{title} 没有名为 step 的列；请把迭代那一列命名为 step。</translation>
    </message>
    <message>
        <source>Old runs without tag, note and checkpoint were removed: {count} ({size:.1f} MB).</source>
        <translation>没有标签、备注和检查点的旧运行已移除：{count} 个（{size:.1f} MB）。</translation>
    </message>
    <message>
        <source>{text!r} can be several runs: {ids}; name one of them.</source>
        <translation>{text!r} 可能指多个运行：{ids}；请指明其中一个。</translation>
    </message>
    <message>
        <source>{id} is being recorded; end it first.</source>
        <translation>{id} 正在记录；先结束它。</translation>
    </message>
    <message>
        <source>deleted run</source>
        <translation>已删除的运行</translation>
    </message>
    <message>
        <source>{folder} cannot be read: {reason}; choose another folder with GRADVIZ_RUNS.</source>
        <translation>{folder} 无法读取：{reason}；用 GRADVIZ_RUNS 选择另一个文件夹。</translation>
    </message>
    <message>
        <source>{name} cannot be moved: {reason}; check who may write to {folder}.</source>
        <translation>{name} 无法移动：{reason}；检查谁可以写入 {folder}。</translation>
    </message>
    <message>
        <source>The run goes on, but cannot be recorded in {folder} ({reason}); make room there, or choose another folder with GRADVIZ_RUNS.</source>
        <translation>运行继续进行，但无法记录到 {folder}（{reason}）；在那里腾出空间，或用 GRADVIZ_RUNS 选择另一个文件夹。</translation>
    </message>
    <message>
        <source>{name} is being written by another program; try again.</source>
        <translation>{name} 正由另一个程序写入；稍后再试。</translation>
    </message>
    <message>
        <source>{name} cannot be read as a run ({reason}); take it out of {folder}, or restore it from a copy.</source>
        <translation>{name} 无法作为运行读取（{reason}）；把它移出 {folder}，或从副本恢复。</translation>
    </message>
    <message>
        <source>{name} is damaged ({reason}); take it out of {folder}, or restore it from a copy.</source>
        <translation>{name} 已损坏（{reason}）；把它移出 {folder}，或从副本恢复。</translation>
    </message>
    <message>
        <source>{name} is no run of gradviz; leave it out.</source>
        <translation>{name} 不是 gradviz 的运行；把它略去。</translation>
    </message>
    <message>
        <source>{name} was written by a newer gradviz; update gradviz to open it.</source>
        <translation>{name} 由更新版本的 gradviz 写成；更新 gradviz 以打开它。</translation>
    </message>
    <message>
        <source>{name} holds more than data; it is not opened.</source>
        <translation>{name} 中不只有数据；不予打开。</translation>
    </message>
    <message>
        <source>metric</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>checkpoint</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝色</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>Orange</source>
        <translation>橙色</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>粉色</translation>
    </message>
    <message>
        <source>Teal</source>
        <translation>蓝绿色</translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation>黄色</translation>
    </message>
    <message>
        <source>it is too deeply nested for Python's parser</source>
        <translation>它嵌套过深，Python 的解析器无法处理</translation>
    </message>
    <message>
        <source>{name} holds no Python, so nothing in it is called {attribute!r}; open it without.</source>
        <translation>{name} 不含 Python，所以其中没有 {attribute!r}；请不带它打开。</translation>
    </message>
    <message>
        <source>There is no module {top!r} here or in this Python; start gradviz in the folder that holds it.</source>
        <translation>这里和当前的 Python 中都没有模块 {top!r}；请在包含它的文件夹中启动 gradviz。</translation>
    </message>
    <message>
        <source>{attribute!r} after the colon of {text} is no name; write {name}:{factory}.</source>
        <translation>{text} 冒号后的 {attribute!r} 不是名称；请写成 {name}:{factory}。</translation>
    </message>
    <message>
        <source>{name} is a folder; open a file in it.</source>
        <translation>{name} 是文件夹；请打开其中的文件。</translation>
    </message>
    <message>
        <source>{name} is {kind}, which is not read; open a regular file.</source>
        <translation>{name} 是{kind}，不会被读取；请打开普通文件。</translation>
    </message>
    <message>
        <source>There is no folder {parent}; check the path of {name}.</source>
        <translation>没有文件夹 {parent}；请检查 {name} 的路径。</translation>
    </message>
    <message>
        <source>There is no file {name}; check its path.</source>
        <translation>没有文件 {name}；请检查路径。</translation>
    </message>
    <message>
        <source>There is no file {name}; in its folder there is {files}.</source>
        <translation>没有文件 {name}；它所在的文件夹中有 {files}。</translation>
    </message>
    <message>
        <source>{name} is a notebook; save its model as a Python file, and open that.</source>
        <translation>{name} 是 notebook；请把其中的模型保存为 Python 文件后打开。</translation>
    </message>
    <message>
        <source>{name} is a folder; open a file in it, such as {example}.</source>
        <translation>{name} 是文件夹；请打开其中的文件，例如 {example}。</translation>
    </message>
    <message>
        <source>{name} is no Python file; {remedy}.</source>
        <translation>{name} 不是 Python 文件；{remedy}。</translation>
    </message>
    <message>
        <source>{name} is {kind}, which is not read; {remedy}.</source>
        <translation>{name} 是{kind}，不会被读取；{remedy}。</translation>
    </message>
    <message>
        <source>{name!r} cannot be opened; {remedy}.</source>
        <translation>无法打开 {name!r}；{remedy}。</translation>
    </message>
    <message>
        <source>open FILE.py, FILE.py:factory, package.module:factory, FILE.pt2, or a network that gradviz networks lists</source>
        <translation>请打开 FILE.py、FILE.py:factory、package.module:factory、FILE.pt2，或 gradviz networks 列出的网络</translation>
    </message>
    <message>
        <source>This line is nested more than {deepest} deep.</source>
        <translation>这一行嵌套超过 {deepest} 层。</translation>
    </message>
    <message>
        <source>Write one JSON object a line, such as {"command": "step_in"}.</source>
        <translation>每行写一个 JSON 对象，例如 {"command": "step_in"}。</translation>
    </message>
    <message>
        <source>This line is not JSON: {error}.</source>
        <translation>这一行不是 JSON：{error}。</translation>
    </message>
    <message>
        <source>{said}; there is {known}.</source>
        <translation>{said}；有 {known}。</translation>
    </message>
    <message>
        <source>{command}: {sentence}</source>
        <translation>{command}：{sentence}</translation>
    </message>
    <message>
        <source>The graph is known when the first forward has run; then break on a node.</source>
        <translation>第一次前向执行后才有计算图；之后再在节点上设断点。</translation>
    </message>
    <message>
        <source>There is no node {node} in the graph; {known}.</source>
        <translation>计算图中没有节点 {node}；{known}。</translation>
    </message>
    <message>
        <source>A breakpoint of kind {kind!r} needs "{field}".</source>
        <translation>{kind!r} 类断点需要 "{field}"。</translation>
    </message>
    <message>
        <source>The run ended with an error; gradviz debug begins another.</source>
        <translation>运行因错误而结束；gradviz debug 可开始新的运行。</translation>
    </message>
    <message>
        <source>{what!r} cannot be changed; a parameter and a grad_output can.</source>
        <translation>{what!r} 不能修改；parameter 和 grad_output 可以。</translation>
    </message>
    <message>
        <source>No node stands at the gate; name one with "node".</source>
        <translation>没有停在任何节点；请用 "node" 指明。</translation>
    </message>
    <message>
        <source>Say which parameter, with "name" or "node".</source>
        <translation>请用 "name" 或 "node" 指明是哪个参数。</translation>
    </message>
    <message>
        <source>The graph is known when the first forward has run.</source>
        <translation>第一次前向执行后才有计算图。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>The rest</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>run one op, one node, or one parameter's update</source>
        <translation>执行一个算子、一个节点，或一个参数的更新</translation>
    </message>
    <message>
        <source>the same, but run over a module call that begins here</source>
        <translation>同上，但越过从这里开始的模块调用</translation>
    </message>
    <message>
        <source>run to the end of the module call</source>
        <translation>执行到模块调用结束</translation>
    </message>
    <message>
        <source>run until a node is about to run</source>
        <translation>执行到某个节点即将执行</translation>
    </message>
    <message>
        <source>run to the next phase: forward, backward, update</source>
        <translation>执行到下一阶段：前向、反向、更新</translation>
    </message>
    <message>
        <source>run to the first op of the next iteration</source>
        <translation>执行到下一次迭代的第一个算子</translation>
    </message>
    <message>
        <source>run to a breakpoint or to the end (iteration N)</source>
        <translation>执行到断点或结束（第 N 次迭代）</translation>
    </message>
    <message>
        <source>Losses pass by in one line. Ctrl+C pauses, also inside a long forward or backward; twice interrupts.</source>
        <translation>损失在一行中滚动显示。Ctrl+C 暂停，在很长的前向或反向中也可以；按两次中断。</translation>
    </message>
    <message>
        <source>Ctrl+C while it runs; twice interrupts</source>
        <translation>运行时按 Ctrl+C；按两次中断</translation>
    </message>
    <message>
        <source>look at the point before; nothing is undone</source>
        <translation>查看前一个点；不会撤销任何操作</translation>
    </message>
    <message>
        <source>stop at the first op of iteration N</source>
        <translation>停在第 N 次迭代的第一个算子</translation>
    </message>
    <message>
        <source>stop where it was met first</source>
        <translation>停在首次满足它的地方</translation>
    </message>
    <message>
        <source>look at the point after, up to the present</source>
        <translation>查看后一个点，直到现在</translation>
    </message>
    <message>
        <source>WHERE | CONDITION</source>
        <translation>位置 | 条件</translation>
    </message>
    <message>
        <source>stop there; alone, list them</source>
        <translation>停在那里；单独使用时列出断点</translation>
    </message>
    <message>
        <source>list them, with their hits</source>
        <translation>列出断点及其命中次数</translation>
    </message>
    <message>
        <source>[N …]</source>
        <translation>[N …]</translation>
    </message>
    <message>
        <source>delete breakpoints; alone, all of them</source>
        <translation>删除断点；单独使用时删除全部</translation>
    </message>
    <message>
        <source>N …</source>
        <translation>N …</translation>
    </message>
    <message>
        <source>keep breakpoints, but do not stop at them</source>
        <translation>保留断点，但不停下</translation>
    </message>
    <message>
        <source>stop at them again</source>
        <translation>重新在断点停下</translation>
    </message>
    <message>
        <source>module path and code of the stop</source>
        <translation>停下处的模块路径和代码</translation>
    </message>
    <message>
        <source>what comes in and what goes out, with shapes</source>
        <translation>输入和输出，及其形状</translation>
    </message>
    <message>
        <source>[N | all]</source>
        <translation>[N | all]</translation>
    </message>
    <message>
        <source>what ran in this iteration, and what comes next</source>
        <translation>这次迭代执行了什么，接下来是什么</translation>
    </message>
    <message>
        <source>a tensor: figures, histogram, corner values</source>
        <translation>张量：统计、直方图、角上的值</translation>
    </message>
    <message>
        <source>follow a tensor at each stop</source>
        <translation>在每次停下时跟踪一个张量</translation>
    </message>
    <message>
        <source>follow it, or all, no more</source>
        <translation>不再跟踪它，或全部</translation>
    </message>
    <message>
        <source>the derivative, with the shapes put in</source>
        <translation>导数，代入形状</translation>
    </message>
    <message>
        <source>the sum that a shared gradient is, term by term</source>
        <translation>共享参数的梯度之和，逐项列出</translation>
    </message>
    <message>
        <source>the derivative beside differences</source>
        <translation>导数与差分的对照</translation>
    </message>
    <message>
        <source>a parameter's step in numbers</source>
        <translation>用数值说明一个参数的更新量</translation>
    </message>
    <message>
        <source>where a NaN or Inf comes from</source>
        <translation>NaN 或 Inf 从哪里来</translation>
    </message>
    <message>
        <source>which modules and rows moved more than usual</source>
        <translation>哪些模块和行的变动超过平常</translation>
    </message>
    <message>
        <source>which parameters the gradient reaches, and why not</source>
        <translation>梯度到达哪些参数，没有到达的原因</translation>
    </message>
    <message>
        <source>NAME = EXPRESSION</source>
        <translation>名称 = 表达式</translation>
    </message>
    <message>
        <source>change a parameter, or the gradient at the stop</source>
        <translation>修改参数，或停下处的梯度</translation>
    </message>
    <message>
        <source>[NAME [KEY=VALUE …]]</source>
        <translation>[名称 [KEY=VALUE …]]</translation>
    </message>
    <message>
        <source>show or change the optimizer</source>
        <translation>显示或更改优化器</translation>
    </message>
    <message>
        <source>The same optimizer with other options keeps its state; another one starts fresh.</source>
        <translation>同一优化器换选项时保留状态；换成另一个则重新开始。</translation>
    </message>
    <message>
        <source>show or change the learning rate</source>
        <translation>显示或更改学习率</translation>
    </message>
    <message>
        <source>show the devices, or move to one</source>
        <translation>显示设备，或移到某个设备</translation>
    </message>
    <message>
        <source>Inside an iteration, the iteration is finished first.</source>
        <translation>在迭代中间时，先完成这次迭代。</translation>
    </message>
    <message>
        <source>begin again from iteration 0</source>
        <translation>从第 0 次迭代重新开始</translation>
    </message>
    <message>
        <source>run a script again to its trap or error</source>
        <translation>再次运行脚本到它的陷阱或错误</translation>
    </message>
    <message>
        <source>keep the state in the recorded run</source>
        <translation>把状态保存到记录的运行中</translation>
    </message>
    <message>
        <source>NAME FILE.npy</source>
        <translation>名称 FILE.npy</translation>
    </message>
    <message>
        <source>write a whole tensor to a file</source>
        <translation>把整个张量写入文件</translation>
    </message>
    <message>
        <source>draw the graph to a file: svg, pdf, png, dot, json</source>
        <translation>把计算图画到文件：svg、pdf、png、dot、json</translation>
    </message>
    <message>
        <source>this, or more about one command; help names, too</source>
        <translation>本帮助，或某个命令的详细说明；也可用 help names</translation>
    </message>
    <message>
        <source>end (Ctrl+D)</source>
        <translation>结束 (Ctrl+D)</translation>
    </message>
    <message>
        <source>{word!r} is the beginning of {listed}; write one more letter.</source>
        <translation>{word!r} 是 {listed} 的开头；请多写一个字母。</translation>
    </message>
    <message>
        <source>did you mean {name}?</source>
        <translation>你是指 {name} 吗？</translation>
    </message>
    <message>
        <source>help lists them.</source>
        <translation>help 可列出它们。</translation>
    </message>
    <message>
        <source>There is no command {word!r}; {hint}</source>
        <translation>没有命令 {word!r}；{hint}</translation>
    </message>
    <message>
        <source>help COMMAND says more; help names: how a tensor or a node is called.</source>
        <translation>help COMMAND 给出详细说明；help names 说明张量或节点如何称呼。</translation>
    </message>
    <message>
        <source>Write set NAME = EXPRESSION, such as set grad = g.clamp(-1, 1).</source>
        <translation>请写 set NAME = EXPRESSION，例如 set grad = g.clamp(-1, 1)。</translation>
    </message>
    <message>
        <source>The past cannot be changed; forth goes to the present.</source>
        <translation>过去不能修改；forth 回到现在。</translation>
    </message>
    <message>
        <source>A parameter can be changed, and the gradient that comes into the node at the stop.</source>
        <translation>可以修改参数，以及传入停下处节点的梯度。</translation>
    </message>
    <message>
        <source>changed  </source>
        <translation>已修改  </translation>
    </message>
    <message>
        <source>There is no optimizer {name!r}; there is {some}.</source>
        <translation>没有优化器 {name!r}；有 {some}。</translation>
    </message>
    <message>
        <source>{pair!r} is no option of {name}; write KEY=VALUE with one of {known}.</source>
        <translation>{pair!r} 不是 {name} 的选项；请写 KEY=VALUE，可用 {known}。</translation>
    </message>
    <message>
        <source>{name} has no learning rate.</source>
        <translation>{name} 没有学习率。</translation>
    </message>
    <message>
        <source>There is no device {text!r} here; there is {join}.</source>
        <translation>这里没有设备 {text!r}；有 {join}。</translation>
    </message>
    <message>
        <source>{id}: {reason}.</source>
        <translation>{id}：{reason}。</translation>
    </message>
    <message>
        <source>It is on {id} already.</source>
        <translation>已经在 {id} 上。</translation>
    </message>
    <message>
        <source>The iteration was not finished, so the device is the same.</source>
        <translation>迭代没有完成，所以设备不变。</translation>
    </message>
    <message>
        <source>device </source>
        <translation>设备 </translation>
    </message>
    <message>
        <source>Write save NAME FILE.npy, such as save grad g.npy.</source>
        <translation>请写 save NAME FILE.npy，例如 save grad g.npy。</translation>
    </message>
    <message>
        <source>saved  </source>
        <translation>已保存  </translation>
    </message>
    <message>
        <source>{graph} to {file}</source>
        <translation>{graph} 到 {file}</translation>
    </message>
    <message>
        <source>Write export FILE with the ending {join}.</source>
        <translation>请写 export FILE，扩展名为 {join}。</translation>
    </message>
    <message>
        <source>{text} cannot be written: {strerror}.</source>
        <translation>无法写入 {text}：{strerror}。</translation>
    </message>
    <message>
        <source>drawn  </source>
        <translation>已画出  </translation>
    </message>
    <message>
        <source>breakpoint {number}</source>
        <translation>断点 {number}</translation>
    </message>
    <message>
        <source>Say which, by number; breakpoints lists them.</source>
        <translation>请用编号指明；breakpoints 可列出。</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>optimizer  </source>
        <translation>优化器  </translation>
    </message>
    <message>
        <source>{text!r} does not fit {name}; its default is {default}.</source>
        <translation>{text!r} 不适合 {name}；其默认值是 {default}。</translation>
    </message>
    <message>
        <source>[{text}] is no element; write its index as [0, 3], or change the whole with g.</source>
        <translation>[{text}] 不是元素；请写下标，如 [0, 3]，或用 g 改变整个张量。</translation>
    </message>
    <message>
        <source>A name says whose tensor and which one, WHO and PART:
  middle_linear.weight   WHO: a parameter, a buffer, an input of the network
  #12                    a node by its number
  clamp                  a node by its op or name, if only one is called so
  .output 0              PART: what a node gave in forward; .input 1, .saved mask
  .grad                  the gradient of a parameter, or the one that comes into a node
  .grad_input 1          the gradient that a node gives to an input; .grad_output 0
  .update                the step of a parameter; .before and .after: what it was before it, and is after it
  .state exp_avg         what the optimizer keeps for a parameter; with before or after at the end, around its step
A PART without WHO is of the stop: out, input 0, grad, grad_input 1, saved mask. out and grad_input are of what ran
last where the stop's own are not computed yet. A slice may follow, as in Python: middle_linear.weight[0:4, :].
While you look back, values are those of the point looked at, as far as they were kept.</source>
        <translation>名称说明是谁的哪个张量，由 WHO 和 PART 组成：
  middle_linear.weight   WHO：参数、缓冲区，或网络的输入
  #12                    用编号表示的节点
  clamp                  用算子名或名称表示的节点，只有一个同名时可用
  .output 0              PART：节点在前向传播中的结果；.input 1, .saved mask
  .grad                  参数的梯度，或传入节点的梯度
  .grad_input 1          节点传给某个输入的梯度；.grad_output 0
  .update                参数的更新量；.before 和 .after：更新前和更新后的值
  .state exp_avg         优化器为参数保存的状态；末尾加 before 或 after 表示更新前后
没有 WHO 的 PART 属于当前停止点：out, input 0, grad, grad_input 1, saved mask。停止点自己的 out 和 grad_input
尚未算出时，指最后运行的那个。后面可以跟 Python 切片：middle_linear.weight[0:4, :]。
回看时，值是所看的那个点的值（只要保留着）。</translation>
    </message>
    <message>
        <source>`in forward`, `in backward` or `in update` at the end narrows it: break clamp in backward.
So does `within NAME`, a module or a parameter: break nan within encoder.0.</source>
        <translation>末尾的 `in forward`、`in backward` 或 `in update` 缩小范围：break clamp in backward。
`within NAME`（某个模块或参数）也是：break nan within encoder.0。</translation>
    </message>
    <message>
        <source>With a TEXT those that it means: a name, a reason, or an error text of torch's.</source>
        <translation>给出 TEXT 时只列出它所指的：名称、原因，或 torch 的错误信息。</translation>
    </message>
    <message>
        <source>EXPRESSION is Python with the old tensor as g, and torch: set grad = g.clamp(-1, 1). One element: set middle_linear.weight[0, 3] = 0.5.</source>
        <translation>EXPRESSION 是 Python 表达式，原张量为 g，可用 torch：set grad = g.clamp(-1, 1)。单个元素：set middle_linear.weight[0, 3] = 0.5。</translation>
    </message>
    <message>
        <source>Values are those of that point, as far as they were kept. `forth` comes back; step goes on from the present.</source>
        <translation>数值是该点当时的，只要还保留着。`forth` 返回；step 从现在继续。</translation>
    </message>
    <message>
        <source>In this iteration or a later one, in forward or backward. `until NODE in backward` waits for that phase.</source>
        <translation>在这次或以后的迭代中，前向或反向。`until NODE in backward` 等待该阶段。</translation>
    </message>
    <message>
        <source>The run is over; restart begins again.</source>
        <translation>运行已结束；restart 重新开始。</translation>
    </message>
    <message>
        <source>It is paused between two iterations; step goes on.</source>
        <translation>停在两次迭代之间；step 继续。</translation>
    </message>
    <message>
        <source>Write how many points to show: timeline 20, or timeline all.</source>
        <translation>请写出显示多少个点：timeline 20，或 timeline all。</translation>
    </message>
    <message>
        <source>This network is derived by hand: its gradients are added up by ops of its own.</source>
        <translation>这个网络是手工求导的：它的梯度由自己的算子相加。</translation>
    </message>
    <message>
        <source>{node_label} is used once, so its gradient is no sum.</source>
        <translation>{node_label} 只使用一次，所以它的梯度不是和。</translation>
    </message>
    <message>
        <source>Write spike, or spike rows for the rows of the batch.</source>
        <translation>写 spike，或写 spike rows 查看批次的各行。</translation>
    </message>
    <message>
        <source>It was not computed yet at the point that you look at.</source>
        <translation>在所看的点，它尚未计算。</translation>
    </message>
    <message>
        <source>{name} saved nothing called {name_2!r}</source>
        <translation>{name} 没有保存名为 {name_2!r} 的内容</translation>
    </message>
    <message>
        <source>; it saved {names}.</source>
        <translation>；它保存了 {names}。</translation>
    </message>
    <message>
        <source>{name} has no {what} {index}; it has {numbers}.</source>
        <translation>{name} 没有 {what} {index}；它有 {numbers}。</translation>
    </message>
    <message>
        <source>{name} has no {what}; print alone lists what it has.</source>
        <translation>{name} 没有 {what}；单独的 print 列出它有的。</translation>
    </message>
    <message>
        <source>{op} has made no node yet; print input 0 shows what goes into it, print NAME a parameter.</source>
        <translation>{op} 还没有产生节点；print input 0 显示它的输入，print NAME 显示参数。</translation>
    </message>
    <message>
        <source>  has, to be printed:</source>
        <translation>  有以下内容可以输出：</translation>
    </message>
    <message>
        <source>{who}.saved {name}</source>
        <translation>{who}.saved {name}</translation>
    </message>
    <message>
        <source>It is paused. Ctrl+C again, Ctrl+D or quit ends.</source>
        <translation>已暂停。再按 Ctrl+C、Ctrl+D 或 quit 结束。</translation>
    </message>
    <message>
        <source>It ran freely. `again` runs the script again to there, recorded.</source>
        <translation>它是自由运行的。`again` 会再次运行脚本到那里，并记录过程。</translation>
    </message>
    <message>
        <source>The graph so far is kept. </source>
        <translation>目前的计算图会保留。</translation>
    </message>
    <message>
        <source>{kept}continue ends the run, restart begins again.</source>
        <translation>{kept}continue 结束运行，restart 重新开始。</translation>
    </message>
    <message>
        <source>, loss {loss}</source>
        <translation>，损失 {loss}</translation>
    </message>
    <message>
        <source>{step} iterations are done</source>
        <translation>已完成 {step} 次迭代</translation>
    </message>
    <message>
        <source>continue runs on, </source>
        <translation>continue 继续运行，</translation>
    </message>
    <message>
        <source>{on}restart begins again.</source>
        <translation>{on}restart 重新开始。</translation>
    </message>
    <message>
        <source> of iteration {step} has run</source>
        <translation> 已执行，迭代 {step}</translation>
    </message>
    <message>
        <source>  ({count} evaluations, the last {last})</source>
        <translation>  （{count} 次求值，最后一次 {last}）</translation>
    </message>
    <message>
        <source>iteration {step} is done, loss </source>
        <translation>迭代 {step} 已完成，损失 </translation>
    </message>
    <message>
        <source>  on {device}, {name} {options}</source>
        <translation>  在 {device} 上，{name} {options}</translation>
    </message>
    <message>
        <source>help lists the commands; an empty line repeats the last one.</source>
        <translation>help 列出命令；空行重复上一个命令。</translation>
    </message>
    <message>
        <source>iteration </source>
        <translation>迭代 </translation>
    </message>
    <message>
        <source>  loss </source>
        <translation>  损失 </translation>
    </message>
    <message>
        <source>in {phase} of iteration {step}</source>
        <translation>迭代 {step} 的{phase}中</translation>
    </message>
    <message>
        <source>while it was built</source>
        <translation>构建时</translation>
    </message>
    <message>
        <source>; its graph is kept</source>
        <translation>；它的计算图保留</translation>
    </message>
    <message>
        <source>The run is over{kept}. restart begins again.</source>
        <translation>运行已结束{kept}。restart 重新开始。</translation>
    </message>
    <message>
        <source>`reach {text}` lists the parameters.</source>
        <translation>`reach {text}` 列出这些参数。</translation>
    </message>
    <message>
        <source>starting torch …</source>
        <translation>正在启动 torch …</translation>
    </message>
    <message>
        <source>The engine has ended; restart begins again.</source>
        <translation>引擎已结束；restart 重新开始。</translation>
    </message>
    <message>
        <source>running, Ctrl+C pauses</source>
        <translation>运行中，Ctrl+C 暂停</translation>
    </message>
    <message>
        <source>Ended.</source>
        <translation>已结束。</translation>
    </message>
    <message>
        <source>pausing …</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>torch {torch}, Python {python}</source>
        <translation>torch {torch}，Python {python}</translation>
    </message>
    <message>
        <source>{reason}: another engine opens it.</source>
        <translation>{reason}：由另一个引擎打开。</translation>
    </message>
    <message>
        <source>What is known of the graph stays. restart begins again.</source>
        <translation>已知的计算图保留。restart 重新开始。</translation>
    </message>
    <message>
        <source>iteration {step}</source>
        <translation>迭代 {step}</translation>
    </message>
    <message>
        <source>the network is being made</source>
        <translation>正在构建网络</translation>
    </message>
    <message>
        <source>{what}; Ctrl+C pauses</source>
        <translation>{what}；Ctrl+C 暂停</translation>
    </message>
    <message>
        <source>It pauses at the end of what it is in{place}; Ctrl+C again interrupts it, and then ends it.</source>
        <translation>它在当前步骤结束时暂停{place}；再按 Ctrl+C 中断，然后结束。</translation>
    </message>
    <message>
        <source>At most {most_steps} at once; until and continue go further.</source>
        <translation>一次最多 {most_steps} 步；until 和 continue 可走得更远。</translation>
    </message>
    <message>
        <source>Say until which node: until #12, until middle_linear.weight in backward.</source>
        <translation>请说明直到哪个节点：until #12，until middle_linear.weight in backward。</translation>
    </message>
    <message>
        <source>It is at iteration {step} already; continue to a later one.</source>
        <translation>已经在迭代 {step}；请 continue 到更后的迭代。</translation>
    </message>
    <message>
        <source>It is paused already; Ctrl+C pauses it while it runs.</source>
        <translation>已经暂停；运行时 Ctrl+C 可暂停。</translation>
    </message>
    <message>
        <source>This is the present; step goes on.</source>
        <translation>这就是现在；step 继续。</translation>
    </message>
    <message>
        <source>Say which iteration: back-to 120; 0 is the first.</source>
        <translation>说明是哪次迭代：back-to 120；0 是第一次。</translation>
    </message>
    <message>
        <source>Say what: when loss &gt; 2.5, when norm &gt; 10 within embed since 100.</source>
        <translation>请说明条件：when loss &gt; 2.5，when norm &gt; 10 within embed since 100。</translation>
    </message>
    <message>
        <source>{text!r} is no number; write one from 1.</source>
        <translation>{text!r} 不是数；请写从 1 开始的数。</translation>
    </message>
    <message>
        <source>Only tensors of nodes can be watched; graph shows them.</source>
        <translation>只能监视节点的张量；graph 可显示它们。</translation>
    </message>
    <message>
        <source>Nothing is watched; watch NAME follows a tensor from stop to stop.</source>
        <translation>没有监视任何张量；watch NAME 在每次停下时跟踪一个张量。</translation>
    </message>
    <message>
        <source>{title} is not watched.</source>
        <translation>没有监视 {title}。</translation>
    </message>
    <message>
        <source>before {value}</source>
        <translation>{value} 之前</translation>
    </message>
    <message>
        <source>change {norm}, largest {largest} at [{place}]</source>
        <translation>变化 {norm}，最大 {largest}，位于 [{place}]</translation>
    </message>
    <message>
        <source>Say in which file: break model.py:{line}.</source>
        <translation>请说明在哪个文件：break model.py:{line}。</translation>
    </message>
    <message>
        <source>{name} has no line {line}.</source>
        <translation>{name} 没有第 {line} 行。</translation>
    </message>
    <message>
        <source>There is no file {name}</source>
        <translation>没有文件 {name}</translation>
    </message>
    <message>
        <source>; did you mean {near}?</source>
        <translation>；你是指 {near} 吗？</translation>
    </message>
    <message>
        <source>; help break tells what can be broken on.</source>
        <translation>；help break 说明可以在哪里停下。</translation>
    </message>
    <message>
        <source>Nothing is called {text!r} here{hint}</source>
        <translation>这里没有 {text!r}{hint}</translation>
    </message>
    <message>
        <source>{text!r} is nothing to stop at; help break tells what is.</source>
        <translation>{text!r} 不是可以停下的位置；help break 说明哪些可以。</translation>
    </message>
    <message>
        <source>There are no breakpoints; help break tells what can be broken on.</source>
        <translation>没有断点；help break 说明可以在哪里停下。</translation>
    </message>
    <message>
        <source>There is no breakpoint {word}; there is {known}.</source>
        <translation>没有断点 {word}；有 {known}。</translation>
    </message>
    <message>
        <source>Where it comes from, the origin first ({count}, iteration {step}):</source>
        <translation>它从哪里来，来源在前（{count}，第 {step} 次迭代）：</translation>
    </message>
    <message>
        <source>Modules, farthest above their own history first (iteration {step}):</source>
        <translation>模块，偏离自身历史最远的在前（第 {step} 次迭代）：</translation>
    </message>
    <message>
        <source>step / weight</source>
        <translation>更新量 / 权重</translation>
    </message>
    <message>
        <source>usual</source>
        <translation>平常</translation>
    </message>
    <message>
        <source>Rows of the batch alone, the greatest loss first:</source>
        <translation>单独运行批次的各行，损失最大的在前：</translation>
    </message>
    <message>
        <source>row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>{word} of {origin}</source>
        <translation>{origin} 的 {word}</translation>
    </message>
    <message>
        <source>, use {use}</source>
        <translation>，第 {use} 次使用</translation>
    </message>
    <message>
        <source>, output {output_nr}</source>
        <translation>，输出 {output_nr}</translation>
    </message>
    <message>
        <source>, as input {input_nr}</source>
        <translation>，作为输入 {input_nr}</translation>
    </message>
    <message>
        <source>no gradient</source>
        <translation>无梯度</translation>
    </message>
    <message>
        <source>     the end of the graph</source>
        <translation>     计算图的末端</translation>
    </message>
    <message>
        <source>No parameter is known of, or this network computes its gradients by hand.</source>
        <translation>没有已知的参数，或这个网络手工计算梯度。</translation>
    </message>
    <message>
        <source>{reached} of {order} parameters get a gradient</source>
        <translation>{order} 个参数中有 {reached} 个得到梯度</translation>
    </message>
    <message>
        <source>not explained: {what} of #{node}: {text}</source>
        <translation>未能解释：#{node} 的 {what}：{text}</translation>
    </message>
    <message>
        <source>only backward can tell</source>
        <translation>只有反向才能知道</translation>
    </message>
    <message>
        <source>  No rule is written down for it; its gradients can be looked at all the same.</source>
        <translation>  没有写下它的规则；但它的梯度照样可以查看。</translation>
    </message>
    <message>
        <source>, term {number} of {count}</source>
        <translation>，第 {number}/{count} 项</translation>
    </message>
    <message>
        <source>wants no gradient</source>
        <translation>不需要梯度</translation>
    </message>
    <message>
        <source>to {goes}{term}</source>
        <translation>传给 {goes}{term}</translation>
    </message>
    <message>
        <source>, on to {name}</source>
        <translation>，再传给 {name}</translation>
    </message>
    <message>
        <source>, term {value} of {value_2}</source>
        <translation>，第 {value}/{value_2} 项</translation>
    </message>
    <message>
        <source>grad of {input}</source>
        <translation>{input} 的梯度</translation>
    </message>
    <message>
        <source>  gradient of </source>
        <translation>  梯度：</translation>
    </message>
    <message>
        <source>: a sum of {terms} terms, {arrived} in</source>
        <translation>：{terms} 项之和，已到 {arrived} 项</translation>
    </message>
    <message>
        <source>    </source>
        <translation>    </translation>
    </message>
    <message>
        <source>their sum  </source>
        <translation>它们的和  </translation>
    </message>
    <message>
        <source> (norms of terms do not add)</source>
        <translation>（各项的范数不能相加）</translation>
    </message>
    <message>
        <source>none came</source>
        <translation>没有到来</translation>
    </message>
    <message>
        <source>comes next</source>
        <translation>接下来执行</translation>
    </message>
    <message>
        <source> from {node_label}</source>
        <translation> 来自 {node_label}</translation>
    </message>
    <message>
        <source>There is no graph yet; step once.</source>
        <translation>还没有计算图；请先 step 一次。</translation>
    </message>
    <message>
        <source>There is no node {text}; the graph has </source>
        <translation>没有节点 {text}；计算图有 </translation>
    </message>
    <message>
        <source>#0 to #{last}.</source>
        <translation>#0 到 #{last}。</translation>
    </message>
    <message>
        <source>none yet.</source>
        <translation>还没有节点。</translation>
    </message>
    <message>
        <source> and {value} more</source>
        <translation> 以及另外 {value} 个</translation>
    </message>
    <message>
        <source>{found} nodes are called {text}: {some}{more}.</source>
        <translation>{found} 个节点叫 {text}：{some}{more}。</translation>
    </message>
    <message>
        <source>Nothing in the graph is called {text!r}</source>
        <translation>计算图中没有 {text!r}</translation>
    </message>
    <message>
        <source>saved {name}</source>
        <translation>保存的 {name}</translation>
    </message>
    <message>
        <source>gradient that comes in{value}</source>
        <translation>传入的梯度{value}</translation>
    </message>
    <message>
        <source> at output</source>
        <translation>，输出处</translation>
    </message>
    <message>
        <source>gradient of input {index}</source>
        <translation>输入 {index} 的梯度</translation>
    </message>
    <message>
        <source>{name} before its update</source>
        <translation>{name}，更新之前</translation>
    </message>
    <message>
        <source>{name} after its update</source>
        <translation>{name}，更新之后</translation>
    </message>
    <message>
        <source>{part!r} is no part of a node; there is {parts}.</source>
        <translation>{part!r} 不是节点的部分；有 {parts}。</translation>
    </message>
    <message>
        <source>Say which saved tensor, such as saved mask; print alone lists them.</source>
        <translation>请指明保存的张量，例如 saved mask；单独的 print 可列出。</translation>
    </message>
    <message>
        <source>saved {rest}</source>
        <translation>保存的 {rest}</translation>
    </message>
    <message>
        <source>Say which state, such as state exp_avg; print alone lists them.</source>
        <translation>说明是哪个状态，如 state exp_avg；单独的 print 会列出它们。</translation>
    </message>
    <message>
        <source>{rest!r} is no number; write {match} 0.</source>
        <translation>{rest!r} 不是数；请写 {match} 0。</translation>
    </message>
    <message>
        <source>{name} is not in the graph, so it has no {part}.</source>
        <translation>{name} 不在计算图中，所以没有 {part}。</translation>
    </message>
    <message>
        <source>Nothing has run yet; step once.</source>
        <translation>还没有执行任何内容；请先 step 一次。</translation>
    </message>
    <message>
        <source>No op or node is current now; name a node: #12.</source>
        <translation>现在没有当前的算子或节点；请指明节点：#12。</translation>
    </message>
    <message>
        <source>Without a graph of autograd, the current op has a node from iteration 1 on; or name one: #12.</source>
        <translation>没有自动求导计算图时，当前算子从迭代 1 起才有节点；或指明节点：#12。</translation>
    </message>
    <message>
        <source>The current op has made no node yet; step, or name one: #12.</source>
        <translation>当前算子还没有产生节点；请 step，或指明节点：#12。</translation>
    </message>
    <message>
        <source>before iteration {step}</source>
        <translation>迭代 {step} 之前</translation>
    </message>
    <message>
        <source>has run</source>
        <translation>已执行</translation>
    </message>
    <message>
        <source> · iteration {step}</source>
        <translation> · 迭代 {step}</translation>
    </message>
    <message>
        <source> · loss </source>
        <translation> · 损失 </translation>
    </message>
    <message>
        <source> · looking {behind} back</source>
        <translation> · 回看 {behind} 步</translation>
    </message>
    <message>
        <source>Iteration {step} met breakpoint {number}: {message}. `again` runs the script again to there.</source>
        <translation>第 {step} 次迭代触发了断点 {number}：{message}。`again` 会把脚本再次运行到那里。</translation>
    </message>
    <message>
        <source>breakpoint {breakpoint}</source>
        <translation>断点 {breakpoint}</translation>
    </message>
    <message>
        <source> {title}{found}</source>
        <translation> {title}{found}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>  {passed} ran in {seconds}, the last of them:</source>
        <translation>  用 {seconds} 执行了 {passed} 个，最后一个是：</translation>
    </message>
    <message>
        <source>  {shape}</source>
        <translation>  {shape}</translation>
    </message>
    <message>
        <source>  gradient {shape}</source>
        <translation>  梯度 {shape}</translation>
    </message>
    <message>
        <source>  in {point}</source>
        <translation>  在 {point} 中</translation>
    </message>
    <message>
        <source> of {total}</source>
        <translation>/{total}</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步长</translation>
    </message>
    <message>
        <source>not computed</source>
        <translation>尚未计算</translation>
    </message>
    <message>
        <source> {position}</source>
        <translation> {position}</translation>
    </message>
    <message>
        <source>  {name} cannot be read.</source>
        <translation>  无法读取 {name}。</translation>
    </message>
    <message>
        <source>The optimizer does this by itself, not a line of yours.</source>
        <translation>这由优化器自己完成，不是你的代码行。</translation>
    </message>
    <message>
        <source>{op} was called by torch, not from a line of yours.</source>
        <translation>{op} 由 torch 调用，不是从你的代码行。</translation>
    </message>
    <message>
        <source>Autograd does this by itself, not a line of yours.</source>
        <translation>这由自动求导自己完成，不是你的代码行。</translation>
    </message>
    <message>
        <source>  in no module</source>
        <translation>  不在任何模块中</translation>
    </message>
    <message>
        <source>  {first} before; timeline all shows them</source>
        <translation>  之前还有 {first} 个；timeline all 显示全部</translation>
    </message>
    <message>
        <source>  {value} more have run; forth goes there</source>
        <translation>  另外 {value} 个已执行；forth 到那里</translation>
    </message>
    <message>
        <source>  {bad} not finite</source>
        <translation>  {bad} 个非有限</translation>
    </message>
    <message>
        <source>{count} of {expected}</source>
        <translation>{count}/{expected}</translation>
    </message>
    <message>
        <source>  leaf, wants gradient</source>
        <translation>  叶子，需要梯度</translation>
    </message>
    <message>
        <source>  It is empty.</source>
        <translation>  它是空的。</translation>
    </message>
    <message>
        <source>  {count} {word}</source>
        <translation>  {count} {word}</translation>
    </message>
    <message>
        <source> of {count}</source>
        <translation>/{count}</translation>
    </message>
    <message>
        <source>  {most} of {places} places that are stored</source>
        <translation>  所存储的 {places} 个位置中的 {most} 个</translation>
    </message>
    <message>
        <source>, {value} of {columns} values of each</source>
        <translation>，每个 {columns} 个值中的 {value} 个</translation>
    </message>
    <message>
        <source>  {shown} of {whole} rows, {shown_2} of {whole_2} columns{part}</source>
        <translation>  {whole} 行中的 {shown} 行，{whole_2} 列中的 {shown_2} 列{part}</translation>
    </message>
    <message>
        <source>term</source>
        <translation>项</translation>
    </message>
    <message>
        <source>norm of</source>
        <translation>范数</translation>
    </message>
    <message>
        <source>before</source>
        <translation>之前</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About gradviz</source>
        <translation>关于 gradviz</translation>
    </message>
    <message>
        <source>A desktop debugger for PyTorch's autograd.</source>
        <translation>PyTorch 自动求导的桌面调试器。</translation>
    </message>
    <message>
        <source>MIT licence. Fonts: Inter and JetBrains Mono (OFL). Icons: Phosphor (MIT). Qt: LGPL.</source>
        <translation>MIT 许可证。字体：Inter 和 JetBrains Mono (OFL)。图标：Phosphor (MIT)。Qt：LGPL。</translation>
    </message>
</context>
<context>
    <name>App</name>
    <message>
        <source>Recording…</source>
        <translation>记录…</translation>
    </message>
    <message>
        <source>This run is not recorded</source>
        <translation>这个运行没有被记录</translation>
    </message>
</context>
<context>
    <name>AppearanceController</name>
    <message>
        <source>Interface at {percent} %</source>
        <translation>界面大小 {percent} %</translation>
    </message>
    <message>
        <source>The size changes when gradviz starts the next time.</source>
        <translation>大小在下次启动 gradviz 时改变。</translation>
    </message>
    <message>
        <source>This is the largest size.</source>
        <translation>这是最大的尺寸。</translation>
    </message>
    <message>
        <source>This is the smallest size.</source>
        <translation>这是最小的尺寸。</translation>
    </message>
</context>
<context>
    <name>ArgumentsRow</name>
    <message>
        <source>A quotation mark is missing.</source>
        <translation>缺少一个引号。</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Hide this message</source>
        <translation>隐藏这条消息</translation>
    </message>
</context>
<context>
    <name>Breadcrumbs</name>
    <message>
        <source>Where: {0}</source>
        <translation>位置：{0}</translation>
    </message>
</context>
<context>
    <name>BreakpointDialog</name>
    <message>
        <source>Add breakpoint</source>
        <translation>添加断点</translation>
    </message>
    <message>
        <source>Edit breakpoint</source>
        <translation>编辑断点</translation>
    </message>
    <message>
        <source>Stop at</source>
        <translation>停在</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>To stop at one node, use its menu on the graph.</source>
        <translation>要停在某个节点，请用计算图上该节点的菜单。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>When did it first…</source>
        <translation>何时首次出现…</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>The loss is looked up; else the iterations run again. Pause ends the search.</source>
        <translation>损失直接查找；其他条件会重新运行迭代。“暂停”结束搜索。</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>From iteration</source>
        <translation>起始迭代</translation>
    </message>
</context>
<context>
    <name>BreakpointModel</name>
    <message>
        <source>hit {count} times</source>
        <translation>命中 {count} 次</translation>
    </message>
    <message>
        <source>the run stands here</source>
        <translation>运行停在这里</translation>
    </message>
</context>
<context>
    <name>BreakpointsPanel</name>
    <message>
        <source>Add breakpoint…</source>
        <translation>添加断点…</translation>
    </message>
    <message>
        <source>Breakpoints</source>
        <translation>断点</translation>
    </message>
    <message>
        <source>Go to place</source>
        <translation>转到位置</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Disable</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>Enable</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Remove all</source>
        <translation>全部删除</translation>
    </message>
    <message>
        <source>No breakpoints</source>
        <translation>没有断点</translation>
    </message>
    <message>
        <source>Click in the margin of the source, use a node's menu on the graph, or + above.</source>
        <translation>单击源代码的页边、使用图中节点的菜单，或点上方的 +。</translation>
    </message>
</context>
<context>
    <name>BugBanner</name>
    <message>
        <source>What is shown may be incomplete from here on. The traceback is also in {0}.</source>
        <translation>从这里开始，显示的内容可能不完整。回溯信息也写在 {0} 中。</translation>
    </message>
    <message>
        <source>gradviz has a bug here: {0}</source>
        <translation>gradviz 在这里有一个错误：{0}</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
</context>
<context>
    <name>CausePanel</name>
    <message>
        <source>Run again to where it began</source>
        <translation>再次运行到它开始的地方</translation>
    </message>
    <message>
        <source>No cause was asked for</source>
        <translation>还没有查询过原因</translation>
    </message>
    <message>
        <source>When a loss, a gradient or a value is NaN or Inf, “Where does it come from?” in the Run menu shows the way back to the op that made the first.</source>
        <translation>当损失、梯度或某个值为 NaN 或 Inf 时，“运行”菜单中的“它从哪里来？”会显示如何追溯到产生首个的算子。</translation>
    </message>
    <message>
        <source>No cause was found</source>
        <translation>没有找到原因</translation>
    </message>
</context>
<context>
    <name>ColorBar</name>
    <message>
        <source>Scale from {0} to {1}</source>
        <translation>色标从 {0} 到 {1}</translation>
    </message>
    <message>
        <source>No scale yet</source>
        <translation>还没有色标</translation>
    </message>
</context>
<context>
    <name>ColorButton</name>
    <message>
        <source>Colour by</source>
        <translation>着色依据</translation>
    </message>
    <message>
        <source>Colour the graph by</source>
        <translation>计算图的着色依据</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Action, network or node</source>
        <translation>操作、网络或节点</translation>
    </message>
    <message>
        <source>Find an action, a network or a node</source>
        <translation>查找操作、网络或节点</translation>
    </message>
</context>
<context>
    <name>ConfigurationForm</name>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>迭代次数</translation>
    </message>
    <message>
        <source>Sizes take effect at Reset.</source>
        <translation>尺寸在重置时生效。</translation>
    </message>
    <message>
        <source>Of random, NumPy and torch, set before anything</source>
        <translation>random、NumPy 和 torch 的随机种子，在一切之前设置</translation>
    </message>
    <message>
        <source>How many Run trains</source>
        <translation>“运行”训练多少次</translation>
    </message>
    <message>
        <source>Use the defaults</source>
        <translation>使用默认值</translation>
    </message>
    <message>
        <source>All fields as the network's own file has them; what was changed is strong</source>
        <translation>所有字段恢复为网络自己文件中的值；更改过的以粗体显示</translation>
    </message>
    <message>
        <source>asking …</source>
        <translation>正在询问…</translation>
    </message>
    <message>
        <source>no engine</source>
        <translation>没有引擎</translation>
    </message>
    <message>
        <source>not open yet</source>
        <translation>还没有打开</translation>
    </message>
    <message>
        <source>Changed: press Reset to use them.</source>
        <translation>已更改：按“重置”使用它们。</translation>
    </message>
</context>
<context>
    <name>Connections</name>
    <message>
        <source>Copied to the clipboard.</source>
        <translation>已复制到剪贴板。</translation>
    </message>
</context>
<context>
    <name>ConsentDialog</name>
    <message>
        <source>Open {0}?</source>
        <translation>打开 {0}？</translation>
    </message>
    <message>
        <source>&amp;Trust this folder: what lies in it may run, also after edits</source>
        <translation>信任此文件夹(&amp;T)：其中的代码可以运行，修改后也可以</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>打开(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Don't open</source>
        <translation>不打开(&amp;D)</translation>
    </message>
    <message>
        <source>You are asked again when one of them changes.</source>
        <translation>其中任何一个改变时会再次询问。</translation>
    </message>
    <message>
        <source>You are asked again when the file changes.</source>
        <translation>文件改变时会再次询问。</translation>
    </message>
    <message>
        <source>What {0} imports has changed. Run its code?</source>
        <translation>{0} 所导入的内容已更改。运行它的代码吗？</translation>
    </message>
    <message>
        <source>{0} has changed. Run its code?</source>
        <translation>{0} 已更改。运行它的代码吗？</translation>
    </message>
    <message>
        <source>Run the code of {0}?</source>
        <translation>运行 {0} 的代码吗？</translation>
    </message>
    <message>
        <source>To open an exported program, what it holds is run with your rights. Open it if you trust it.</source>
        <translation>打开导出的程序时，其中的内容会以你的权限运行。信任它再打开。</translation>
    </message>
    <message>
        <source>To open it, Python runs this file and what it imports, with your rights. Open it if you trust it.</source>
        <translation>打开时，Python 会以你的权限运行这个文件及其导入的内容。信任它再打开。</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} 以及另外 {1} 个</translation>
    </message>
    <message>
        <source>It imports from its folder: {0}</source>
        <translation>它从所在文件夹导入：{0}</translation>
    </message>
    <message>
        <source>{0} (changed)</source>
        <translation>{0}（已更改）</translation>
    </message>
    <message>
        <source>What changed in it</source>
        <translation>其中的更改</translation>
    </message>
    <message>
        <source>How the file begins</source>
        <translation>文件的开头</translation>
    </message>
</context>
<context>
    <name>Console</name>
    <message>
        <source>Console</source>
        <translation>控制台</translation>
    </message>
    <message>
        <source>Nothing was printed</source>
        <translation>没有输出</translation>
    </message>
    <message>
        <source>What the network's code prints appears here.</source>
        <translation>网络代码的输出显示在这里。</translation>
    </message>
    <message>
        <source>Copy everything</source>
        <translation>复制全部</translation>
    </message>
    <message>
        <source>Clear the console</source>
        <translation>清空控制台</translation>
    </message>
    <message>
        <source>… {0} characters are left out …</source>
        <translation>… 省略 {0} 个字符 …</translation>
    </message>
</context>
<context>
    <name>DepthCard</name>
    <message>
        <source>Depth</source>
        <translation>深度</translation>
    </message>
    <message>
        <source>How deep modules are open</source>
        <translation>模块展开到多深</translation>
    </message>
    <message>
        <source>Unfold the path to the node that is chosen</source>
        <translation>展开通向所选节点的路径</translation>
    </message>
    <message>
        <source>Dim or hide kinds of nodes</source>
        <translation>淡化或隐藏某些种类的节点</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0}/{1}</translation>
    </message>
    <message>
        <source>Some modules are folded; a click on the dot opens all so deep</source>
        <translation>有些模块已折叠；单击圆点可展开到该深度</translation>
    </message>
    <message>
        <source>Unfold all</source>
        <translation>全部展开</translation>
    </message>
    <message>
        <source>Fold all</source>
        <translation>全部折叠</translation>
    </message>
</context>
<context>
    <name>DerivativeCard</name>
    <message>
        <source>Close the derivative</source>
        <translation>关闭导数</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Formulas</source>
        <translation>公式</translation>
    </message>
    <message>
        <source>Derivative checked</source>
        <translation>导数检查结果</translation>
    </message>
    <message>
        <source>Derivative</source>
        <translation>导数</translation>
    </message>
    <message>
        <source>Update of {name}</source>
        <translation>{name} 的更新</translation>
    </message>
    <message>
        <source>Update</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Derivative of {name}</source>
        <translation>{name} 的导数</translation>
    </message>
    <message>
        <source>No rule for {name} here.</source>
        <translation>这里没有 {name} 的求导规则。</translation>
    </message>
    <message>
        <source>Check this derivative</source>
        <translation>检查这个导数</translation>
    </message>
    <message>
        <source>wants no gradient, so none is computed</source>
        <translation>不需要梯度，所以不计算</translation>
    </message>
    <message>
        <source>{count} more views</source>
        <translation>另外 {count} 个视图</translation>
    </message>
    <message>
        <source>, then </source>
        <translation>，然后 </translation>
    </message>
    <message>
        <source>term {term} of {terms} for {name}</source>
        <translation>{name} 的第 {term}/{terms} 项</translation>
    </message>
    <message>
        <source>to {name}</source>
        <translation>传给 {name}</translation>
    </message>
</context>
<context>
    <name>DifferencesDialog</name>
    <message>
        <source>What differs between the runs</source>
        <translation>运行之间的差别</translation>
    </message>
    <message>
        <source>{0} fields differ</source>
        <translation>{0} 个字段不同</translation>
    </message>
    <message>
        <source>1 field differs</source>
        <translation>1 个字段不同</translation>
    </message>
    <message>
        <source>The configurations are the same</source>
        <translation>配置相同</translation>
    </message>
    <message>
        <source>The same: {0}.</source>
        <translation>相同的：{0}。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>DropOverlay</name>
    <message>
        <source>Drop to open {0}</source>
        <translation>松开即打开 {0}</translation>
    </message>
</context>
<context>
    <name>EmptyPlot</name>
    <message>
        <source>The loss will be drawn here</source>
        <translation>损失将画在这里</translation>
    </message>
    <message>
        <source>Press **Run** or [F5] to train {iterations} iterations.</source>
        <translation>按**运行**或 [F5] 训练 {iterations} 次迭代。</translation>
    </message>
</context>
<context>
    <name>EngineClient</name>
    <message>
        <source>The curve and the graph so far are kept.</source>
        <translation>目前为止的曲线和计算图会保留。</translation>
    </message>
</context>
<context>
    <name>ExportController</name>
    <message>
        <source>Export picture</source>
        <translation>导出图片</translation>
    </message>
    <message>
        <source>Export loss</source>
        <translation>导出损失</translation>
    </message>
    <message>
        <source>Export nodes</source>
        <translation>导出节点</translation>
    </message>
    <message>
        <source>Export modules</source>
        <translation>导出模块</translation>
    </message>
    <message>
        <source>Export reach</source>
        <translation>导出梯度可达性</translation>
    </message>
    <message>
        <source>Wrote {0}</source>
        <translation>已写入 {0}</translation>
    </message>
</context>
<context>
    <name>FactPage</name>
    <message>
        <source>The order in which the nodes were made</source>
        <translation>节点产生的顺序</translation>
    </message>
    <message>
        <source>Select this node</source>
        <translation>选择这个节点</translation>
    </message>
</context>
<context>
    <name>FindController</name>
    <message>
        <source>Nothing is looked for, or nothing matches.</source>
        <translation>没有查找内容，或没有匹配。</translation>
    </message>
</context>
<context>
    <name>FindField</name>
    <message>
        <source>Find node, op, module</source>
        <translation>查找节点、算子、模块</translation>
    </message>
    <message>
        <source>Match before (Shift+F3)</source>
        <translation>上一个匹配 (Shift+F3)</translation>
    </message>
    <message>
        <source>Next match (F3)</source>
        <translation>下一个匹配 (F3)</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>FoldingCard</name>
    <message>
        <source>Unfold</source>
        <translation>展开</translation>
    </message>
</context>
<context>
    <name>FormRow</name>
    <message>
        <source>Back to {value}</source>
        <translation>恢复为 {value}</translation>
    </message>
    <message>
        <source>Back to the default</source>
        <translation>恢复默认值</translation>
    </message>
</context>
<context>
    <name>GradientTerms</name>
    <message>
        <source>norm of the sum (norms do not add)</source>
        <translation>和的范数（范数不可相加）</translation>
    </message>
    <message>
        <source>one term</source>
        <translation>一项</translation>
    </message>
    <message>
        <source>two terms</source>
        <translation>两项</translation>
    </message>
    <message>
        <source>three terms</source>
        <translation>三项</translation>
    </message>
    <message>
        <source>four terms</source>
        <translation>四项</translation>
    </message>
    <message>
        <source>{count} terms</source>
        <translation>{count} 项</translation>
    </message>
    <message>
        <source>{name}.grad, the sum of {terms}</source>
        <translation>{name}.grad，{terms}之和</translation>
    </message>
    <message>
        <source>{arrived} of {count} in</source>
        <translation>{count} 项中已到 {arrived} 项</translation>
    </message>
    <message>
        <source>The norm of a sum is not the sum of the norms: terms may cancel each other.</source>
        <translation>和的范数不等于范数之和：各项可能相互抵消。</translation>
    </message>
    <message>
        <source>not held</source>
        <translation>未保留</translation>
    </message>
    <message>
        <source>to come</source>
        <translation>待到</translation>
    </message>
</context>
<context>
    <name>GraphBanners</name>
    <message>
        <source>The graph cannot be drawn</source>
        <translation>无法画出计算图</translation>
    </message>
    <message>
        <source>Restart engine</source>
        <translation>重新启动引擎</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>{kind} in {name}</source>
        <translation>{name} 中的 {kind}</translation>
    </message>
    <message>
        <source>Show node</source>
        <translation>显示节点</translation>
    </message>
    <message>
        <source>Reopen</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>控制台</translation>
    </message>
    <message>
        <source>Show parameters</source>
        <translation>显示参数</translation>
    </message>
    <message>
        <source>{kind} in {phase}{place}</source>
        <translation>{phase}中的 {kind}{place}</translation>
    </message>
    <message>
        <source>the network</source>
        <translation>网络</translation>
    </message>
</context>
<context>
    <name>GraphPanel</name>
    <message>
        <source>Starting the engine</source>
        <translation>正在启动引擎</translation>
    </message>
    <message>
        <source>PyTorch is being imported. The graph of &lt;b&gt;{0}&lt;/b&gt; appears by itself in a moment.</source>
        <translation>正在导入 PyTorch。&lt;b&gt;{0}&lt;/b&gt; 的计算图稍后会自动出现。</translation>
    </message>
    <message>
        <source>Making the network</source>
        <translation>正在构建网络</translation>
    </message>
    <message>
        <source>Its first forward is drawn in a moment.</source>
        <translation>它的第一次前向稍后画出。</translation>
    </message>
    <message>
        <source>Nothing has run yet</source>
        <translation>还没有运行任何运算</translation>
    </message>
    <message>
        <source>Each operation is drawn when it has run.</source>
        <translation>每个运算运行之后就会画出来。</translation>
    </message>
    <message>
        <source>No graph of {0}</source>
        <translation>没有 {0} 的计算图</translation>
    </message>
    <message>
        <source>The engine ended before its first forward was through.</source>
        <translation>引擎在完成第一次前向之前就结束了。</translation>
    </message>
    <message>
        <source>It was not made; the message above says why.</source>
        <translation>它没有构建成功；上方的消息说明了原因。</translation>
    </message>
    <message>
        <source>Its forward did not get through; the message says why. Correct it and press Reset.</source>
        <translation>它的前向没有完成；消息说明了原因。请改正后按“重置”。</translation>
    </message>
</context>
<context>
    <name>GraphView</name>
    <message>
        <source>Graph</source>
        <translation>计算图</translation>
    </message>
</context>
<context>
    <name>GroupRows</name>
    <message>
        <source>Groups: {0}</source>
        <translation>分组：{0}</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Check the derivative of this node</source>
        <translation>检查这个节点的导数</translation>
    </message>
    <message>
        <source>Nothing to inspect yet</source>
        <translation>还没有可以检查的内容</translation>
    </message>
    <message>
        <source>Details of a node appear here as soon as the graph is drawn.</source>
        <translation>计算图画出后，节点的详细信息会显示在这里。</translation>
    </message>
    <message>
        <source>Select a node</source>
        <translation>选择一个节点</translation>
    </message>
    <message>
        <source>See its operation, shapes and saved tensors. Click it, walk with [↑] [↓], or find it with [Ctrl+F]</source>
        <translation>查看它的算子、形状和保存的张量。单击它，用 [↑] [↓] 移动，或用 [Ctrl+F] 查找</translation>
    </message>
    <message>
        <source>The run is going. Each backward frees what this node saved; the sizes stay the same.</source>
        <translation>正在运行。每次反向都会释放这个节点保存的内容；大小不变。</translation>
    </message>
</context>
<context>
    <name>LayoutProcess</name>
    <message>
        <source>The layout process ended.</source>
        <translation>布局进程已结束。</translation>
    </message>
    <message>
        <source>The layout process could not be started: {0}.</source>
        <translation>无法启动布局进程：{0}。</translation>
    </message>
</context>
<context>
    <name>LegendButton</name>
    <message>
        <source>What shapes and signs mean</source>
        <translation>形状和标记的含义</translation>
    </message>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
</context>
<context>
    <name>LegendCard</name>
    <message>
        <source>Legend: {0}</source>
        <translation>图例：{0}</translation>
    </message>
</context>
<context>
    <name>LossPanel</name>
    <message>
        <source>The loss will be drawn here</source>
        <translation>损失将画在这里</translation>
    </message>
    <message>
        <source>every {0} iterations, {1} % of the time</source>
        <translation>每 {0} 次迭代，占时间的 {1} %</translation>
    </message>
    <message>
        <source>Run becomes ready together with the engine.</source>
        <translation>引擎就绪后即可运行。</translation>
    </message>
    <message>
        <source>The engine ended before there was a loss.</source>
        <translation>引擎在得到损失之前就结束了。</translation>
    </message>
    <message>
        <source>There was none; the message above the graph says why.</source>
        <translation>没有损失；计算图上方的消息说明了原因。</translation>
    </message>
    <message>
        <source>It runs; the first loss is there at the end of an iteration.</source>
        <translation>正在运行；第一个损失在一次迭代结束时得到。</translation>
    </message>
    <message>
        <source>Press **Run** or [F5] to let the script go on to its end.</source>
        <translation>按**运行**或 [F5] 让脚本运行到结束。</translation>
    </message>
    <message>
        <source>Press **Run** or [F5] to train {0} iterations.</source>
        <translation>按**运行**或 [F5] 训练 {0} 次迭代。</translation>
    </message>
</context>
<context>
    <name>LossPlot</name>
    <message>
        <source>Loss by iteration</source>
        <translation>各次迭代的损失</translation>
    </message>
    <message>
        <source>{0}: loss {1} at iteration {2}</source>
        <translation>{0}：迭代 {2} 的损失为 {1}</translation>
    </message>
    <message>
        <source>Back to iteration {0}</source>
        <translation>回到第 {0} 次迭代</translation>
    </message>
    <message>
        <source>It runs again as it did, and stops before its first op</source>
        <translation>它会照原样再运行一遍，并停在第一个算子之前</translation>
    </message>
    <message>
        <source>Export the loss</source>
        <translation>导出损失</translation>
    </message>
</context>
<context>
    <name>MatchCard</name>
    <message>
        <source>module</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>op</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>param</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>1 module</source>
        <translation>1 个模块</translation>
    </message>
    <message>
        <source>1 op</source>
        <translation>1 个算子</translation>
    </message>
    <message>
        <source>1 node</source>
        <translation>1 个节点</translation>
    </message>
    <message>
        <source>1 tensor</source>
        <translation>1 个张量</translation>
    </message>
    <message>
        <source>{0} modules</source>
        <translation>{0} 个模块</translation>
    </message>
    <message>
        <source>{0} ops</source>
        <translation>{0} 个算子</translation>
    </message>
    <message>
        <source>{0} nodes</source>
        <translation>{0} 个节点</translation>
    </message>
    <message>
        <source>{0} tensors</source>
        <translation>{0} 个张量</translation>
    </message>
    <message>
        <source>{0} match</source>
        <translation>{0} 个匹配</translation>
    </message>
</context>
<context>
    <name>MeasuringController</name>
    <message>
        <source>Nodes · gradviz</source>
        <translation>节点 · gradviz</translation>
    </message>
</context>
<context>
    <name>MetricPane</name>
    <message>
        <source>{0} by iteration</source>
        <translation>{0}（按迭代）</translation>
    </message>
    <message>
        <source>log</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>Logarithmic scale of {0}</source>
        <translation>{0} 的对数刻度</translation>
    </message>
    <message>
        <source>Take {0} off the plot</source>
        <translation>从图表中移除 {0}</translation>
    </message>
</context>
<context>
    <name>MetricPicker</name>
    <message>
        <source>Search metrics</source>
        <translation>搜索指标</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Sampled</source>
        <translation>采样间隔</translation>
    </message>
    <message>
        <source>every {0} iterations</source>
        <translation>每 {0} 次迭代</translation>
    </message>
    <message>
        <source>as often as 2 % of the time allow</source>
        <translation>在不超过 2 % 时间的前提下尽量频繁</translation>
    </message>
    <message>
        <source>every iteration</source>
        <translation>每次迭代</translation>
    </message>
</context>
<context>
    <name>MetricsButton</name>
    <message>
        <source>Metrics beside the loss</source>
        <translation>损失以外的指标</translation>
    </message>
    <message>
        <source>Draw gradient norms, update ratios, activations or what your code logs below the loss</source>
        <translation>在损失下方绘制梯度范数、更新比、激活，或你的代码记录的指标</translation>
    </message>
</context>
<context>
    <name>Minimap</name>
    <message>
        <source>Overview of the graph</source>
        <translation>计算图概览</translation>
    </message>
</context>
<context>
    <name>ModulesPanel</name>
    <message>
        <source>Export the totals of all modules as CSV</source>
        <translation>把所有模块的合计导出为 CSV</translation>
    </message>
    <message>
        <source>No model yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>Its modules are listed once a network is open.</source>
        <translation>打开网络后，它的模块会列在这里。</translation>
    </message>
    <message>
        <source>1 parameter</source>
        <translation>1 个参数</translation>
    </message>
    <message>
        <source>{0} parameters</source>
        <translation>{0} 个参数</translation>
    </message>
    <message>
        <source>all trainable</source>
        <translation>全部可训练</translation>
    </message>
    <message>
        <source>{0} trainable, {1} frozen</source>
        <translation>{0} 个可训练，{1} 个冻结</translation>
    </message>
    <message>
        <source>{0} held for backward</source>
        <translation>为反向保留 {0}</translation>
    </message>
    <message>
        <source>{0} in forward</source>
        <translation>前向 {0}</translation>
    </message>
    <message>
        <source>{0} in its ops</source>
        <translation>其算子 {0}</translation>
    </message>
    <message>
        <source>{0} tensors have several names; each is counted once.</source>
        <translation>{0} 个张量有多个名称；各只计一次。</translation>
    </message>
    <message>
        <source>{0}: one tensor, counted once.</source>
        <translation>{0}：同一个张量，只计一次。</translation>
    </message>
</context>
<context>
    <name>NetworkList</name>
    <message>
        <source>Networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Your models</source>
        <translation>你的模型</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>A Python file, an exported program, or weights; files can be dropped on the window too</source>
        <translation>Python 文件、导出的程序或权重；也可以把文件拖入窗口</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Remove from this list</source>
        <translation>从列表中移除</translation>
    </message>
</context>
<context>
    <name>NetworksPanel</name>
    <message>
        <source>Settings of the network</source>
        <translation>网络的设置</translation>
    </message>
    <message>
        <source>Networks and their settings</source>
        <translation>网络及其设置</translation>
    </message>
</context>
<context>
    <name>NoteCard</name>
    <message>
        <source>Put this away</source>
        <translation>收起</translation>
    </message>
</context>
<context>
    <name>OpenDialog</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>File or module</source>
        <translation>文件或模块</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>A file or package.module, and after a colon the factory in it; build, where nothing is said.</source>
        <translation>文件或 package.module，冒号后是其中的工厂函数；不写时为 build。</translation>
    </message>
    <message>
        <source>In this file</source>
        <translation>在这个文件中</translation>
    </message>
    <message>
        <source>What can be opened in the file</source>
        <translation>文件中可以打开的内容</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>the whole file, as a training script</source>
        <translation>整个文件，作为训练脚本</translation>
    </message>
    <message>
        <source>function, line {0}</source>
        <translation>函数，第 {0} 行</translation>
    </message>
    <message>
        <source>module, line {0}</source>
        <translation>模块，第 {0} 行</translation>
    </message>
</context>
<context>
    <name>OpeningBanners</name>
    <message>
        <source>Open {0}</source>
        <translation>打开 {0}</translation>
    </message>
    <message>
        <source>Use its defaults</source>
        <translation>使用它的默认值</translation>
    </message>
    <message>
        <source>Reopen</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>{0} cannot be opened</source>
        <translation>无法打开 {0}</translation>
    </message>
    <message>
        <source>This cannot be opened</source>
        <translation>无法打开</translation>
    </message>
    <message>
        <source>{0} is not open</source>
        <translation>{0} 没有打开</translation>
    </message>
    <message>
        <source>{0} has changed</source>
        <translation>{0} 已更改</translation>
    </message>
    <message>
        <source>What is shown is of its code as it was; Reopen runs it as it is now.</source>
        <translation>显示的是旧代码的结果；“重新打开”会运行现在的代码。</translation>
    </message>
    <message>
        <source>{name} was not opened</source>
        <translation>{name} 没有打开</translation>
    </message>
    <message>
        <source>Its code did not run; {name} is open instead.</source>
        <translation>它的代码没有运行；现在打开的是 {name}。</translation>
    </message>
    <message>
        <source>Open it…</source>
        <translation>打开它…</translation>
    </message>
</context>
<context>
    <name>OpeningCard</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>OptimizerForm</name>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>fewer options</source>
        <translation>较少选项</translation>
    </message>
    <message>
        <source>{count} more options</source>
        <translation>另外 {count} 个选项</translation>
    </message>
</context>
<context>
    <name>OptimizerRow</name>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Options of the optimizer</source>
        <translation>优化器的选项</translation>
    </message>
    <message>
        <source>none, or {0}</source>
        <translation>无，或 {0}</translation>
    </message>
    <message>
        <source>Remove this optimizer</source>
        <translation>删除这个优化器</translation>
    </message>
</context>
<context>
    <name>OptimizerRows</name>
    <message>
        <source>Add an optimizer</source>
        <translation>添加一个优化器</translation>
    </message>
</context>
<context>
    <name>OverlayController</name>
    <message>
        <source>No node's shape and type are known.</source>
        <translation>没有节点的形状和类型是已知的。</translation>
    </message>
    <message>
        <source>Measuring is paused; choose a rate under Measure in the menu.</source>
        <translation>测量已暂停；请在菜单的“测量”中选择频率。</translation>
    </message>
    <message>
        <source>Nothing was measured before the engine ended.</source>
        <translation>引擎结束之前没有测量任何内容。</translation>
    </message>
    <message>
        <source>Nothing measured yet in this iteration.</source>
        <translation>这次迭代还没有测量任何内容。</translation>
    </message>
    <message>
        <source>Nothing measured yet: press Run (F5) or One iteration (F7).</source>
        <translation>还没有测量：请按“运行”(F5) 或“一次迭代”(F7)。</translation>
    </message>
    <message>
        <source>iteration {0}</source>
        <translation>迭代 {0}</translation>
    </message>
    <message>
        <source>measuring is paused</source>
        <translation>测量已暂停</translation>
    </message>
    <message>
        <source>the last that was measured</source>
        <translation>最后一次测量</translation>
    </message>
    <message>
        <source>{0}: not measured</source>
        <translation>{0}：未测量</translation>
    </message>
</context>
<context>
    <name>OverlayLegend</name>
    <message>
        <source>This network has no modules.</source>
        <translation>这个网络没有模块。</translation>
    </message>
    <message>
        <source>Coloured by {0}</source>
        <translation>按{0}着色</translation>
    </message>
    <message>
        <source>Colours: {0}</source>
        <translation>颜色：{0}</translation>
    </message>
</context>
<context>
    <name>OverlayMenu</name>
    <message>
        <source>Colour by</source>
        <translation>着色依据</translation>
    </message>
    <message>
        <source>Show the graph without colours</source>
        <translation>显示不着色的计算图</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Measure nothing; the values stay as they are</source>
        <translation>不再测量；数值保持不变</translation>
    </message>
    <message>
        <source>While it trains; measuring more often slows training more</source>
        <translation>训练时进行；测量越频繁，训练越慢</translation>
    </message>
</context>
<context>
    <name>PaneColumn</name>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
</context>
<context>
    <name>PlotControls</name>
    <message>
        <source>log</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>Logarithmic scale</source>
        <translation>对数刻度</translation>
    </message>
    <message>
        <source>Powers of ten are equally far apart</source>
        <translation>10 的各次幂等距</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Follow the newest iteration</source>
        <translation>跟随最新的迭代</translation>
    </message>
    <message>
        <source>Keep the newest iteration in sight; a double click or A shows everything</source>
        <translation>保持最新的迭代可见；双击或按 A 显示全部</translation>
    </message>
    <message>
        <source>Export the plot</source>
        <translation>导出图</translation>
    </message>
    <message>
        <source>Export as PNG, SVG or CSV</source>
        <translation>导出为 PNG、SVG 或 CSV</translation>
    </message>
    <message>
        <source>Picture (PNG)…</source>
        <translation>图片 (PNG)…</translation>
    </message>
    <message>
        <source>Drawing (SVG)…</source>
        <translation>矢量图 (SVG)…</translation>
    </message>
    <message>
        <source>Every point of every run (CSV)…</source>
        <translation>每次运行的每个点 (CSV)…</translation>
    </message>
</context>
<context>
    <name>ProgressCard</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Placing {0} nodes</source>
        <translation>正在布局 {0} 个节点</translation>
    </message>
</context>
<context>
    <name>RaceDialog</name>
    <message>
        <source>Race</source>
        <translation>竞赛</translation>
    </message>
    <message>
        <source>Learning rates</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>each one's own</source>
        <translation>各自的默认值</translation>
    </message>
    <message>
        <source>With blanks between, such as 1e-2 1e-3; an optimizer with lr among its options takes that</source>
        <translation>用空格分开，例如 1e-2 1e-3；选项中带有 lr 的优化器使用它自己的</translation>
    </message>
    <message>
        <source>Seeds</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Each configuration runs once with each of them</source>
        <translation>每种配置用每个种子各运行一次</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>迭代次数</translation>
    </message>
    <message>
        <source>Of each run</source>
        <translation>每次运行</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>a loss that all come down to</source>
        <translation>所有运行都会降到的损失</translation>
    </message>
    <message>
        <source>The table has how soon each comes down to this loss</source>
        <translation>表中会显示各自多快降到这个损失</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>同时运行</translation>
    </message>
    <message>
        <source>Engines at the same time; by default one for each core, less one for this window</source>
        <translation>同时工作的引擎数；默认每个核一个，并为此窗口留出一个</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Optimizers</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Runs of one seed begin with the same weights and see the same data in the same order.</source>
        <translation>同一种子的运行从相同的权重开始，并以相同的顺序看到相同的数据。</translation>
    </message>
    <message>
        <source>Add the optimizer that the learning rates are for.</source>
        <translation>请添加学习率所针对的优化器。</translation>
    </message>
    <message>
        <source>Choose a network.</source>
        <translation>请选择一个网络。</translation>
    </message>
    <message>
        <source>{0} derives its gradients by hand: only Manual can serve it.</source>
        <translation>{0} 手工推导梯度：只能使用 Manual。</translation>
    </message>
    <message>
        <source>1 run</source>
        <translation>1 个运行</translation>
    </message>
    <message>
        <source>{0} runs</source>
        <translation>{0} 个运行</translation>
    </message>
    <message>
        <source>one at a time</source>
        <translation>一次一个</translation>
    </message>
    <message>
        <source>{0} at once</source>
        <translation>同时 {0} 个</translation>
    </message>
    <message>
        <source>{runs} of {iterations} iterations, an engine each, {engines}</source>
        <translation>{runs} 次运行，每次 {iterations} 次迭代，各用一个引擎，{engines}</translation>
    </message>
    <message>
        <source>{0}; how long that takes is not known yet.</source>
        <translation>{0}；所需时间未知。</translation>
    </message>
    <message>
        <source>{0}; about {1}.</source>
        <translation>{0}；大约 {1}。</translation>
    </message>
</context>
<context>
    <name>RacePanel</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Begin a race</source>
        <translation>开始竞赛</translation>
    </message>
    <message>
        <source>Copy the table as text</source>
        <translation>把表格复制为文本</translation>
    </message>
    <message>
        <source>No race yet</source>
        <translation>还没有竞赛</translation>
    </message>
    <message>
        <source>[Ctrl+R] lets optimizers, learning rates and seeds run side by side from the same weights.</source>
        <translation>[Ctrl+R] 让优化器、学习率和种子从相同的权重开始并排运行。</translation>
    </message>
    <message>
        <source>A race is running; cancel it first.</source>
        <translation>一场竞赛正在进行；请先取消它。</translation>
    </message>
    <message>
        <source>{0} is a training script, which sets optimizer and seed itself.</source>
        <translation>{0} 是训练脚本，它自己设定优化器和种子。</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>以及另外 {0} 个</translation>
    </message>
    <message>
        <source>The race was cancelled</source>
        <translation>竞赛已取消</translation>
    </message>
    <message>
        <source>The race is over</source>
        <translation>竞赛已结束</translation>
    </message>
    <message>
        <source>The engines are being ended</source>
        <translation>正在结束各个引擎</translation>
    </message>
    <message>
        <source>{0} of {1} runs are done</source>
        <translation>{1} 次运行中已完成 {0} 次</translation>
    </message>
    <message>
        <source>one at a time</source>
        <translation>一次一个</translation>
    </message>
    <message>
        <source>{0} at once</source>
        <translation>同时 {0} 个</translation>
    </message>
    <message>
        <source>{configurations} configurations, {iterations} iterations each, {at_once}</source>
        <translation>{configurations} 种配置，每种 {iterations} 次迭代，{at_once}</translation>
    </message>
    <message>
        <source>{0}; about {1} left</source>
        <translation>{0}；大约还需 {1}</translation>
    </message>
    <message>
        <source>It is not recorded: there was no loss, or recording is off.</source>
        <translation>它没有被记录：没有损失，或者记录已关闭。</translation>
    </message>
</context>
<context>
    <name>RaceTable</name>
    <message>
        <source>Runs of the race</source>
        <translation>竞赛的各次运行</translation>
    </message>
</context>
<context>
    <name>Races</name>
    <message>
        <source>The race was not started: {0} may not run.</source>
        <translation>竞赛没有开始：不允许运行 {0}。</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}.</source>
        <translation>无法读取 {0}：{1}。</translation>
    </message>
</context>
<context>
    <name>ReachList</name>
    <message>
        <source>Parameters and their gradients</source>
        <translation>参数及其梯度</translation>
    </message>
    <message>
        <source>Show in the graph</source>
        <translation>在计算图中显示</translation>
    </message>
    <message>
        <source>Highlight the gradient's way</source>
        <translation>突出显示梯度的路径</translation>
    </message>
    <message>
        <source>Show source line</source>
        <translation>显示源代码行</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
</context>
<context>
    <name>ReachPanel</name>
    <message>
        <source>A name, a reason, or an error text of PyTorch</source>
        <translation>名称、原因或 PyTorch 的错误信息</translation>
    </message>
    <message>
        <source>Search among the parameters</source>
        <translation>在参数中搜索</translation>
    </message>
    <message>
        <source>Export the reach of all parameters as CSV or text</source>
        <translation>把所有参数的梯度可达性导出为 CSV 或文本</translation>
    </message>
    <message>
        <source>of 1 parameter gets a gradient</source>
        <translation>共 1 个参数得到梯度</translation>
    </message>
    <message>
        <source>of {0} parameters get a gradient</source>
        <translation>共 {0} 个参数得到梯度</translation>
    </message>
    <message>
        <source>of {0}: every parameter gets a gradient</source>
        <translation>共 {0} 个：每个参数都得到梯度</translation>
    </message>
    <message>
        <source>Nothing is reached yet</source>
        <translation>还没有梯度到达</translation>
    </message>
    <message>
        <source>Which parameters get a gradient is told here after the first forward.</source>
        <translation>第一次前向之后，这里会说明哪些参数得到梯度。</translation>
    </message>
    <message>
        <source>There is no graph to tell it from; the message above the canvas says why.</source>
        <translation>没有可以据以判断的计算图；画布上方的消息说明了原因。</translation>
    </message>
    <message>
        <source>There is no autograd graph</source>
        <translation>没有自动求导计算图</translation>
    </message>
    <message>
        <source>The gradients are derived by hand, so nothing can be lost on autograd's way.</source>
        <translation>梯度由手工推导，所以不会在自动求导的途中丢失。</translation>
    </message>
    <message>
        <source>There are no parameters</source>
        <translation>没有参数</translation>
    </message>
    <message>
        <source>Nothing in this network wants a gradient.</source>
        <translation>这个网络中没有需要梯度的内容。</translation>
    </message>
</context>
<context>
    <name>RecordedGraphPage</name>
    <message>
        <source>Recorded graph of {run}, iteration {step}</source>
        <translation>{run} 的记录计算图，第 {step} 次迭代</translation>
    </message>
    <message>
        <source>Earlier graph</source>
        <translation>较早的计算图</translation>
    </message>
    <message>
        <source>Later graph</source>
        <translation>较晚的计算图</translation>
    </message>
    <message>
        <source>Back to the live graph</source>
        <translation>回到实时计算图</translation>
    </message>
    <message>
        <source>Its structure, as it was recorded: no values, and nothing is stepped or measured here.</source>
        <translation>它的结构，如记录所示：没有数值，这里也不会单步或测量。</translation>
    </message>
</context>
<context>
    <name>RecordingController</name>
    <message>
        <source>GRADVIZ_RUNS decides the folder: {0}.</source>
        <translation>文件夹由 GRADVIZ_RUNS 决定：{0}。</translation>
    </message>
</context>
<context>
    <name>RecordingDialog</name>
    <message>
        <source>Recording</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Record every run</source>
        <translation>记录每次运行</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source> iterations</source>
        <translation> 次迭代</translation>
    </message>
    <message>
        <source> days</source>
        <translation> 天</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Checkpoint each</source>
        <translation>检查点间隔</translation>
    </message>
    <message>
        <source>Remove after</source>
        <translation>删除早于</translation>
    </message>
    <message>
        <source>Remove beyond</source>
        <translation>总量上限</translation>
    </message>
    <message>
        <source>Only runs without tag, note and checkpoint are removed, the oldest first.</source>
        <translation>只删除没有标签、备注和检查点的运行，最早的先删除。</translation>
    </message>
    <message>
        <source>Recording and folder apply from the next run on.</source>
        <translation>记录和文件夹从下一次运行起生效。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Folder of the runs</source>
        <translation>运行的文件夹</translation>
    </message>
</context>
<context>
    <name>ResumeDialog</name>
    <message>
        <source>Resume a run</source>
        <translation>恢复运行</translation>
    </message>
    <message>
        <source>The source file has changed</source>
        <translation>源文件已更改</translation>
    </message>
    <message>
        <source>{0} is not the file that the run was recorded with (its SHA-256 differs). The run can go on with the file as it is now, if its parameters are the same; losses may then differ from what they would have been.</source>
        <translation>{0} 不是记录该运行时的文件（SHA-256 不同）。如果参数相同，运行可以用现在的文件继续；之后的损失可能与原本会得到的不同。</translation>
    </message>
    <message>
        <source>Resume all the same</source>
        <translation>仍然恢复</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>RunActions</name>
    <message>
        <source>It is a run of this window: its curve is on the plot.</source>
        <translation>这是本窗口的运行：它的曲线已在图表中。</translation>
    </message>
    <message>
        <source>Import files…</source>
        <translation>导入文件…</translation>
    </message>
    <message>
        <source>Import a folder of TensorBoard…</source>
        <translation>导入 TensorBoard 的文件夹…</translation>
    </message>
    <message>
        <source>Take off the plot</source>
        <translation>从图表中移去</translation>
    </message>
    <message>
        <source>Show on the plot</source>
        <translation>显示在图表中</translation>
    </message>
    <message>
        <source>Reopen</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Curve, events and graph as they were recorded; no code is run</source>
        <translation>记录下来的曲线、事件和计算图；不运行任何代码</translation>
    </message>
    <message>
        <source>Duplicate with changes</source>
        <translation>复制并修改</translation>
    </message>
    <message>
        <source>Opens its network, with its setup in the form</source>
        <translation>打开它的网络，并把它的设置填入表单</translation>
    </message>
    <message>
        <source>It was imported: there is no setup to open.</source>
        <translation>它是导入的：没有可打开的设置。</translation>
    </message>
    <message>
        <source>What differs?</source>
        <translation>有什么不同？</translation>
    </message>
    <message>
        <source>Select two runs or more.</source>
        <translation>选择两个或更多运行。</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Export for TensorBoard…</source>
        <translation>导出到 TensorBoard…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>It is being recorded; end it first.</source>
        <translation>它正在记录；先结束它。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Resume from iteration {0}</source>
        <translation>从第 {0} 次迭代恢复</translation>
    </message>
    <message>
        <source>Select one run.</source>
        <translation>请选择一个运行。</translation>
    </message>
    <message>
        <source>It has no checkpoint; Keep a checkpoint in the Run menu makes one.</source>
        <translation>它没有检查点；“运行”菜单中的“保存检查点”可以创建一个。</translation>
    </message>
    <message>
        <source>Opens its network in that state, and goes on as a run of its own</source>
        <translation>以该状态打开它的网络，并作为一个新的运行继续</translation>
    </message>
    <message>
        <source>Other metrics</source>
        <translation>其他指标</translation>
    </message>
    <message>
        <source>Color</source>
        <translation>颜色</translation>
    </message>
</context>
<context>
    <name>RunCheckpoints</name>
    <message>
        <source>There is no run of which a checkpoint could be kept.</source>
        <translation>没有可以保存检查点的运行。</translation>
    </message>
    <message>
        <source>A script keeps its state itself, by torch.save.</source>
        <translation>脚本自己用 torch.save 保存状态。</translation>
    </message>
    <message>
        <source>Nothing has been trained yet.</source>
        <translation>还没有训练过。</translation>
    </message>
    <message>
        <source>This run is not recorded; Recording… in the Run menu turns that on.</source>
        <translation>此运行没有被记录；“运行”菜单中的“记录…”可以打开记录。</translation>
    </message>
    <message>
        <source>The checkpoint waits: the run cannot be written to {0}.</source>
        <translation>检查点在等待：无法把运行写入 {0}。</translation>
    </message>
    <message>
        <source>One more each {0} iterations.</source>
        <translation>每 {0} 次迭代再保存一个。</translation>
    </message>
    <message>
        <source>goes on from {0}</source>
        <translation>继续自 {0}</translation>
    </message>
    <message>
        <source>{0} goes on from iteration {1}; it is recorded as a run of its own.</source>
        <translation>{0} 从第 {1} 次迭代继续；它被记录为一个新的运行。</translation>
    </message>
</context>
<context>
    <name>RunEntry</name>
    <message>
        <source>Show {0}</source>
        <translation>显示 {0}</translation>
    </message>
    <message>
        <source>{0}: click to show or hide its curve</source>
        <translation>{0}：单击以显示或隐藏其曲线</translation>
    </message>
</context>
<context>
    <name>RunLegend</name>
    <message>
        <source>Runs on the plot</source>
        <translation>图上的运行</translation>
    </message>
    <message>
        <source>{0} more</source>
        <translation>另外 {0} 个</translation>
    </message>
    <message>
        <source>{0} more runs</source>
        <translation>另外 {0} 次运行</translation>
    </message>
</context>
<context>
    <name>RunsPanel</name>
    <message>
        <source>Search runs</source>
        <translation>搜索运行</translation>
    </message>
    <message>
        <source>Words of the name, network, optimizer, device, tags, note or id</source>
        <translation>名称、网络、优化器、设备、标签、备注或 id 中的词</translation>
    </message>
    <message>
        <source>Show the selected runs on the plot, or take them off it</source>
        <translation>把选中的运行显示在图表中，或从中移去</translation>
    </message>
    <message>
        <source>Import runs of files</source>
        <translation>导入文件中的运行</translation>
    </message>
    <message>
        <source>Delete the selected runs (Del)</source>
        <translation>删除选中的运行 (Del)</translation>
    </message>
    <message>
        <source>No run matches</source>
        <translation>没有匹配的运行</translation>
    </message>
    <message>
        <source>Type less, or clear the search.</source>
        <translation>少输入一些，或清除搜索。</translation>
    </message>
    <message>
        <source>Every run is recorded here from its first loss on. Press [F5], or import a file.</source>
        <translation>每个运行从第一个损失起就记录在这里。按 [F5]，或导入文件。</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>还没有运行</translation>
    </message>
    <message>
        <source>The runs are being read</source>
        <translation>正在读取运行</translation>
    </message>
    <message>
        <source>Search {0} runs</source>
        <translation>搜索 {0} 个运行</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0}/{1}</translation>
    </message>
    <message>
        <source>{0} was deleted.</source>
        <translation>{0} 已删除。</translation>
    </message>
    <message>
        <source>{0} runs were deleted.</source>
        <translation>{0} 个运行已删除。</translation>
    </message>
</context>
<context>
    <name>RunsTable</name>
    <message>
        <source>Recorded runs</source>
        <translation>记录的运行</translation>
    </message>
</context>
<context>
    <name>SampleRows</name>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>exactly zero</source>
        <translation>恰好为零</translation>
    </message>
    <message>
        <source>beyond the scale</source>
        <translation>超出色标</translation>
    </message>
    <message>
        <source>NaN or Inf</source>
        <translation>NaN 或 Inf</translation>
    </message>
</context>
<context>
    <name>SavedRow</name>
    <message>
        <source>Show each saved tensor</source>
        <translation>显示每个保存的张量</translation>
    </message>
    <message>
        <source>Saved tensors</source>
        <translation>保存的张量</translation>
    </message>
    <message>
        <source>Optimizer state</source>
        <translation>优化器状态</translation>
    </message>
    <message>
        <source>freed</source>
        <translation>已释放</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>This machine has no %s now; cpu is used.</source>
        <translation>本机现在没有 %s；改用 cpu。</translation>
    </message>
</context>
<context>
    <name>ShapeLegend</name>
    <message>
        <source>data, no gradient</source>
        <translation>数据，无梯度</translation>
    </message>
    <message>
        <source>parameter</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>frozen parameter</source>
        <translation>冻结的参数</translation>
    </message>
    <message>
        <source>buffer, leaf without grad</source>
        <translation>缓冲区，不需要梯度的叶子</translation>
    </message>
    <message>
        <source>shared leaf, at each use</source>
        <translation>共享的叶子，每次使用处</translation>
    </message>
    <message>
        <source>function, forward ran</source>
        <translation>函数，前向已执行</translation>
    </message>
    <message>
        <source>function</source>
        <translation>函数</translation>
    </message>
    <message>
        <source>custom Function</source>
        <translation>自定义 Function</translation>
    </message>
    <message>
        <source>opaque region</source>
        <translation>不透明区域</translation>
    </message>
    <message>
        <source>no gradient, and why</source>
        <translation>没有梯度，及原因</translation>
    </message>
    <message>
        <source>folded module</source>
        <translation>折叠的模块</translation>
    </message>
    <message>
        <source>equal modules, folded</source>
        <translation>相同的模块，已折叠</translation>
    </message>
    <message>
        <source>output, loss</source>
        <translation>输出，损失</translation>
    </message>
    <message>
        <source>recorded op</source>
        <translation>记录的算子</translation>
    </message>
    <message>
        <source>code that is no module</source>
        <translation>不属于模块的代码</translation>
    </message>
    <message>
        <source>which of several outputs</source>
        <translation>多个输出中的哪一个</translation>
    </message>
</context>
<context>
    <name>SizesForm</name>
    <message>
        <source>Sizes</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Hidden layers</source>
        <translation>隐藏层数</translation>
    </message>
    <message>
        <source>{0}, by default {1}</source>
        <translation>{0}，默认 {1}</translation>
    </message>
</context>
<context>
    <name>SmoothingButton</name>
    <message>
        <source>Exponential moving average over the raw losses</source>
        <translation>对原始损失做指数移动平均</translation>
    </message>
    <message>
        <source>Smooth {0}</source>
        <translation>平滑 {0}</translation>
    </message>
    <message>
        <source>Smoothing, {0}</source>
        <translation>平滑，{0}</translation>
    </message>
</context>
<context>
    <name>SmoothingPopup</name>
    <message>
        <source>Smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>Smoothing factor</source>
        <translation>平滑系数</translation>
    </message>
    <message>
        <source>remembers about {0} iterations</source>
        <translation>大约记住 {0} 次迭代</translation>
    </message>
    <message>
        <source>raw losses, not smoothed</source>
        <translation>原始损失，未平滑</translation>
    </message>
</context>
<context>
    <name>SourceView</name>
    <message>
        <source>Source</source>
        <translation>源代码</translation>
    </message>
    <message>
        <source>No source</source>
        <translation>没有源代码</translation>
    </message>
    <message>
        <source>Reading {0}</source>
        <translation>正在读取 {0}</translation>
    </message>
    <message>
        <source>%s cannot be read: %s.</source>
        <translation>无法读取 %s：%s。</translation>
    </message>
    <message>
        <source>lines {0} to {1} of {2}</source>
        <translation>第 {0} 到 {1} 行，共 {2} 行</translation>
    </message>
</context>
<context>
    <name>SpikePage</name>
    <message>
        <source>Modules, farthest above their own history first</source>
        <translation>模块，偏离自身历史最远的在前</translation>
    </message>
    <message>
        <source>Module</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>Step / weight</source>
        <translation>更新量 / 权重</translation>
    </message>
    <message>
        <source>×</source>
        <translation>×</translation>
    </message>
    <message>
        <source>Gradient</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Rows of the batch alone, the greatest loss first</source>
        <translation>单独运行批次的各行，损失最大的在前</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Run the rows of the batch alone</source>
        <translation>单独运行批次的各行</translation>
    </message>
    <message>
        <source>Rows of the batch alone</source>
        <translation>单独运行的批次各行</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Iteration</source>
        <translation>迭代</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Iterations per second</source>
        <translation>每秒迭代次数</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Wrote {0}</source>
        <translation>已写入 {0}</translation>
    </message>
    <message>
        <source> of {last}</source>
        <translation> / {last}</translation>
    </message>
    <message>
        <source>Last loss</source>
        <translation>上次损失</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停下</translation>
    </message>
    <message>
        <source> in {phase}</source>
        <translation>，{phase}</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>, after the first forward</source>
        <translation>，已完成第一次前向</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>No engine</source>
        <translation>没有引擎</translation>
    </message>
    <message>
        <source>Engine is importing torch</source>
        <translation>引擎正在导入 torch</translation>
    </message>
    <message>
        <source>Making the network</source>
        <translation>正在构建网络</translation>
    </message>
    <message>
        <source>, no answer for {0} s</source>
        <translation>，{0} 秒没有响应</translation>
    </message>
    <message>
        <source>Pausing</source>
        <translation>正在暂停</translation>
    </message>
    <message>
        <source> at the end of the iteration</source>
        <translation>，在迭代结束时</translation>
    </message>
    <message>
        <source>Going back</source>
        <translation>正在返回</translation>
    </message>
    <message>
        <source> to iteration {to}</source>
        <translation>到第 {to} 次迭代</translation>
    </message>
    <message>
        <source>Running again</source>
        <translation>正在再次运行</translation>
    </message>
    <message>
        <source> up to iteration {to}</source>
        <translation>到第 {to} 次迭代</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>, F5 trains {count} more</source>
        <translation>，F5 再训练 {count} 次</translation>
    </message>
    <message>
        <source>Engine waits at the gate</source>
        <translation>引擎已停下，等待下一步</translation>
    </message>
    <message>
        <source>Engine ready, torch %s</source>
        <translation>引擎就绪，torch %s</translation>
    </message>
</context>
<context>
    <name>StepRequests</name>
    <message>
        <source>No iteration of this run is over yet.</source>
        <translation>这个运行还没有完成过迭代。</translation>
    </message>
</context>
<context>
    <name>SteppingController</name>
    <message>
        <source>Back to iteration</source>
        <translation>回到某次迭代</translation>
    </message>
    <message>
        <source>Iteration, from 0 to {0}. It runs again as it did, and stops before its first op.</source>
        <translation>迭代，从 0 到 {0}。它会照原样再运行一遍，并停在第一个算子之前。</translation>
    </message>
    <message>
        <source>Memory for looking back</source>
        <translation>回看所用的内存</translation>
    </message>
    <message>
        <source>Past values of an iteration that are held, in MiB. What does not fit is said to be gone. As much again is for states of earlier iterations, to go back to.</source>
        <translation>为一次迭代保留的过去的值，以 MiB 计。放不下的会说明已不在。另有同样多的空间用于较早迭代的状态，以便回到那里。</translation>
    </message>
</context>
<context>
    <name>StopCard</name>
    <message>
        <source>Back to now</source>
        <translation>回到现在</translation>
    </message>
    <message>
        <source>Where the engine stands</source>
        <translation>引擎停在的位置</translation>
    </message>
    <message>
        <source>From before</source>
        <translation>来自之前</translation>
    </message>
    <message>
        <source>Just now</source>
        <translation>刚才</translation>
    </message>
    <message>
        <source>Why now</source>
        <translation>为何是现在</translation>
    </message>
    <message>
        <source>Looking back</source>
        <translation>回看</translation>
    </message>
    <message>
        <source>Past</source>
        <translation>过去</translation>
    </message>
    <message>
        <source>Error in {phase}</source>
        <translation>{phase}中出错</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Stopped in {phase}</source>
        <translation>停在{phase}</translation>
    </message>
    <message>
        <source>{name} raised</source>
        <translation>{name} 抛出异常</translation>
    </message>
    <message>
        <source>after {name} changed</source>
        <translation>{name} 改变之后</translation>
    </message>
    <message>
        <source>before {name} changes</source>
        <translation>{name} 改变之前</translation>
    </message>
    <message>
        <source>after {name}</source>
        <translation>{name} 之后</translation>
    </message>
    <message>
        <source>before {name}</source>
        <translation>{name} 之前</translation>
    </message>
    <message>
        <source>Show {source} in the source</source>
        <translation>在源代码中显示 {source}</translation>
    </message>
    <message>
        <source>{reason}: {found}</source>
        <translation>{reason}：{found}</translation>
    </message>
    <message>
        <source>The engine waits in {phase}</source>
        <translation>引擎停在{phase}</translation>
    </message>
    <message>
        <source>The engine waits at {place}</source>
        <translation>引擎停在 {place}</translation>
    </message>
</context>
<context>
    <name>StopCardsController</name>
    <message>
        <source>What moved?</source>
        <translation>是什么变动了？</translation>
    </message>
    <message>
        <source>Where does it come from?</source>
        <translation>它从哪里来？</translation>
    </message>
    <message>
        <source>Graph, uses and saved tensors are those of iteration {step}; where this forward goes another way, they are drawn anew.</source>
        <translation>计算图、使用次数和保存的张量属于迭代 {step}；这次前向走另一条路时会重新画出。</translation>
    </message>
</context>
<context>
    <name>StopInspector</name>
    <message>
        <source>strides {0}</source>
        <translation>步幅 {0}</translation>
    </message>
    <message>
        <source>version {0}</source>
        <translation>版本 {0}</translation>
    </message>
    <message>
        <source>inside {0}, which shows its result only</source>
        <translation>在 {0} 内部，它只显示结果</translation>
    </message>
    <message>
        <source>not computed yet</source>
        <translation>尚未计算</translation>
    </message>
</context>
<context>
    <name>StopLegend</name>
    <message>
        <source>term of sum: in, still to come</source>
        <translation>和的各项：已到、待到</translation>
    </message>
    <message>
        <source>term of sum, in</source>
        <translation>和的一项，已到</translation>
    </message>
    <message>
        <source>term of sum, still to come</source>
        <translation>和的一项，待到</translation>
    </message>
    <message>
        <source>breakpoint</source>
        <translation>断点</translation>
    </message>
    <message>
        <source>forward ran</source>
        <translation>前向已执行</translation>
    </message>
    <message>
        <source>forward ran, backward did not</source>
        <translation>前向已执行，反向没有</translation>
    </message>
    <message>
        <source>forward ran, backward not yet</source>
        <translation>前向已执行，反向尚未</translation>
    </message>
    <message>
        <source>updated</source>
        <translation>已更新</translation>
    </message>
    <message>
        <source>changes next</source>
        <translation>接下来改变</translation>
    </message>
    <message>
        <source>backward ran, in this order</source>
        <translation>反向已执行，按此顺序</translation>
    </message>
    <message>
        <source>runs next</source>
        <translation>接下来执行</translation>
    </message>
    <message>
        <source>not yet run</source>
        <translation>尚未执行</translation>
    </message>
    <message>
        <source>of an earlier iteration</source>
        <translation>属于之前的迭代</translation>
    </message>
    <message>
        <source>gradient came, with its norm</source>
        <translation>梯度已到，附其范数</translation>
    </message>
    <message>
        <source>gradient is exactly zero</source>
        <translation>梯度恰好为零</translation>
    </message>
    <message>
        <source>no gradient came</source>
        <translation>没有梯度到来</translation>
    </message>
</context>
<context>
    <name>TablePanel</name>
    <message>
        <source>Filter: name, op, module, shape</source>
        <translation>筛选：名称、算子、模块、形状</translation>
    </message>
    <message>
        <source>Filter the table</source>
        <translation>筛选表格</translation>
    </message>
    <message>
        <source>No nodes yet</source>
        <translation>还没有节点</translation>
    </message>
    <message>
        <source>They are listed once a graph is drawn.</source>
        <translation>计算图画出后会列在这里。</translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation>没有匹配</translation>
    </message>
    <message>
        <source>Type less, or clear the filter.</source>
        <translation>请少输入一些，或清除筛选。</translation>
    </message>
    <message>
        <source>Measured while shown</source>
        <translation>显示时测量</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Table in a large window</source>
        <translation>在大窗口中显示表格</translation>
    </message>
    <message>
        <source>Export all nodes and columns as CSV</source>
        <translation>把所有节点和列导出为 CSV</translation>
    </message>
    <message>
        <source>1 node</source>
        <translation>1 个节点</translation>
    </message>
    <message>
        <source>{0} nodes</source>
        <translation>{0} 个节点</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0}/{1}</translation>
    </message>
</context>
<context>
    <name>TargetOpening</name>
    <message>
        <source>{0} was not opened.</source>
        <translation>{0} 没有打开。</translation>
    </message>
    <message>
        <source>It was stopped while it was being made; correct it, and reopen it.</source>
        <translation>它在构建时被停止；请改正后重新打开。</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}.</source>
        <translation>无法读取 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} was stopped: it imports {1}, which you have not allowed as it is.</source>
        <translation>{0} 被停止：它导入的 {1} 与你允许的内容不同。</translation>
    </message>
    <message>
        <source>{0}: another engine opens {1}.</source>
        <translation>{0}：由另一个引擎打开 {1}。</translation>
    </message>
    <message>
        <source>The engine ended while it was being made; correct it, and reopen it.</source>
        <translation>引擎在构建它时结束；请改正后重新打开。</translation>
    </message>
    <message>
        <source>It was making {0}, which is not opened again by itself; correct it first.</source>
        <translation>当时正在构建 {0}，它不会自动重新打开；请先改正。</translation>
    </message>
</context>
<context>
    <name>TensorColumn</name>
    <message>
        <source>Show, copy, save or watch this tensor</source>
        <translation>显示、复制、保存或监视这个张量</translation>
    </message>
    <message>
        <source>A slice of {shape}, as in Python</source>
        <translation>{shape} 的切片，写法同 Python</translation>
    </message>
    <message>
        <source>Gradient</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Update</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>保存的</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>saved {name}</source>
        <translation>保存的 {name}</translation>
    </message>
    <message>
        <source>incoming</source>
        <translation>传入</translation>
    </message>
    <message>
        <source>outgoing</source>
        <translation>传出</translation>
    </message>
    <message>
        <source>parameter</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>accumulated</source>
        <translation>累加</translation>
    </message>
    <message>
        <source>before the update</source>
        <translation>更新之前</translation>
    </message>
    <message>
        <source>after the update</source>
        <translation>更新之后</translation>
    </message>
    <message>
        <source>step taken</source>
        <translation>更新步</translation>
    </message>
    <message>
        <source>{name} before the update</source>
        <translation>更新前的 {name}</translation>
    </message>
    <message>
        <source>{name} after the update</source>
        <translation>更新后的 {name}</translation>
    </message>
    <message>
        <source>{text}: choose another tensor of this node</source>
        <translation>{text}：选择这个节点的另一个张量</translation>
    </message>
    <message>
        <source>{title} as a picture</source>
        <translation>{title} 的图像</translation>
    </message>
    <message>
        <source>Slice</source>
        <translation>切片</translation>
    </message>
    <message>
        <source>waiting for the engine…</source>
        <translation>等待引擎…</translation>
    </message>
    <message>
        <source>Show values…</source>
        <translation>显示数值…</translation>
    </message>
    <message>
        <source>Copy values</source>
        <translation>复制数值</translation>
    </message>
    <message>
        <source>Save as .npy…</source>
        <translation>另存为 .npy…</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>监视</translation>
    </message>
    <message>
        <source>{which} gradient</source>
        <translation>{which}梯度</translation>
    </message>
</context>
<context>
    <name>TensorColumns</name>
    <message>
        <source>Colours are values here, not phases: blue below 0, orange above.</source>
        <translation>这里的颜色表示数值，不表示阶段：蓝色小于 0，橙色大于 0。</translation>
    </message>
</context>
<context>
    <name>TensorDialog</name>
    <message>
        <source>Slice</source>
        <translation>切片</translation>
    </message>
    <message>
        <source>Which part to show, as in Python's brackets</source>
        <translation>要显示的部分，写法同 Python 的方括号</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the selected values, or all that are shown, as text (Ctrl+C)</source>
        <translation>以文本复制选中的数值，或显示的全部 (Ctrl+C)</translation>
    </message>
    <message>
        <source>Save as .npy…</source>
        <translation>另存为 .npy…</translation>
    </message>
    <message>
        <source>Save the whole tensor as a NumPy file</source>
        <translation>把整个张量保存为 NumPy 文件</translation>
    </message>
    <message>
        <source>strides {strides}</source>
        <translation>步幅 {strides}</translation>
    </message>
    <message>
        <source>version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>requires grad</source>
        <translation>需要梯度</translation>
    </message>
    <message>
        <source>leaf</source>
        <translation>叶子</translation>
    </message>
    <message>
        <source>Write what the tensor becomes, with the old one as g.</source>
        <translation>写出张量变成什么，原张量为 g。</translation>
    </message>
    <message>
        <source>That is not an expression: {what}.</source>
        <translation>这不是表达式：{what}。</translation>
    </message>
    <message>
        <source>The first {shown} of {whole} values are listed; write a slice to see others.</source>
        <translation>列出了 {whole} 个值中的前 {shown} 个；写切片可查看其他值。</translation>
    </message>
    <message>
        <source>Expression for the new tensor, with the old one as g</source>
        <translation>新张量的表达式，原张量为 g</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Take back what was changed here since the last step</source>
        <translation>撤销自上一步以来在这里所做的修改</translation>
    </message>
    <message>
        <source>New value, with the old one as &lt;code&gt;g&lt;/code&gt;</source>
        <translation>新值，原值为 &lt;code&gt;g&lt;/code&gt;</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图像</translation>
    </message>
</context>
<context>
    <name>TensorHistogram</name>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>{count} values from {low} to {high}</source>
        <translation>{count} 个值，从 {low} 到 {high}</translation>
    </message>
    <message>
        <source>{count} below {high}</source>
        <translation>{count} 个小于 {high}</translation>
    </message>
    <message>
        <source>{count} above {low}</source>
        <translation>{count} 个大于 {low}</translation>
    </message>
    <message>
        <source>{count} from {low} to {high}</source>
        <translation>{count} 个从 {low} 到 {high}</translation>
    </message>
</context>
<context>
    <name>TensorPicture</name>
    <message>
        <source>Picture of the values</source>
        <translation>数值的图像</translation>
    </message>
    <message>
        <source>no values to draw</source>
        <translation>没有可画的数值</translation>
    </message>
    <message>
        <source>{rows}, {columns}</source>
        <translation>{rows}，{columns}</translation>
    </message>
    <message>
        <source>row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>{place}: mean {value}</source>
        <translation>{place}：均值 {value}</translation>
    </message>
    <message>
        <source>row {row}, column {column}</source>
        <translation>第 {row} 行，第 {column} 列</translation>
    </message>
    <message>
        <source>scalar</source>
        <translation>标量</translation>
    </message>
    <message>
        <source>{rows} by {columns} cells from {low} to {high}</source>
        <translation>{rows} × {columns} 个单元格，从 {low} 到 {high}</translation>
    </message>
</context>
<context>
    <name>TensorStatistics</name>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>min</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>max</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>range</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>范数</translation>
    </message>
    <message>
        <source>zeros</source>
        <translation>零</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>std</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>NaN, Inf</source>
        <translation>NaN, Inf</translation>
    </message>
    <message>
        <source> of {count}</source>
        <translation>/{count}</translation>
    </message>
</context>
<context>
    <name>TensorTable</name>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
</context>
<context>
    <name>TensorTableModel</name>
    <message>
        <source>{text} is not a number; a cell takes one value.</source>
        <translation>{text} 不是数；一个单元格只接受一个值。</translation>
    </message>
</context>
<context>
    <name>TensorWindow</name>
    <message>
        <source>Values can be changed while the run stands at a stop.</source>
        <translation>运行停下时可以修改数值。</translation>
    </message>
    <message>
        <source>Not computed yet at this point.</source>
        <translation>到此处尚未计算。</translation>
    </message>
    <message>
        <source>This is the past; go back to now to change it.</source>
        <translation>这是过去；回到现在才能修改。</translation>
    </message>
    <message>
        <source>A gradient can be changed while its node is next in backward.</source>
        <translation>节点在反向中即将执行时，可以修改它的梯度。</translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>bar height: time, log scale</source>
        <translation>柱高：时间，对数刻度</translation>
    </message>
</context>
<context>
    <name>ToolBar</name>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
</context>
<context>
    <name>UndoLine</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Hide this message</source>
        <translation>隐藏这条消息</translation>
    </message>
</context>
<context>
    <name>UpdateTable</name>
    <message>
        <source>before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>gradient</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步长</translation>
    </message>
    <message>
        <source>after</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>范数</translation>
    </message>
    <message>
        <source>min</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>max</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>to come</source>
        <translation>待到</translation>
    </message>
    <message>
        <source>not kept</source>
        <translation>未保留</translation>
    </message>
</context>
<context>
    <name>WatchPanel</name>
    <message>
        <source>Watched tensors</source>
        <translation>监视的张量</translation>
    </message>
    <message>
        <source>Nothing is watched</source>
        <translation>没有监视任何张量</translation>
    </message>
    <message>
        <source>At a stop, choose Watch in a tensor's menu, or write an expression as w1.grad.norm() above.</source>
        <translation>停下时，在张量的菜单中选择“监视”，或在上方写一个表达式，如 w1.grad.norm()。</translation>
    </message>
    <message>
        <source>Compare with the iteration before, not the stop before</source>
        <translation>与上一次迭代比较，而不是与上一次停下比较</translation>
    </message>
    <message>
        <source>Copy the table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Remove the selected rows (Del)</source>
        <translation>移除选中的行 (Del)</translation>
    </message>
    <message>
        <source>Watch an expression</source>
        <translation>监视表达式</translation>
    </message>
    <message>
        <source>As h.max() or w1.grad.norm() / w1.norm(): of the variables where the code stands; it only reads</source>
        <translation>例如 h.max() 或 w1.grad.norm() / w1.norm()：使用代码所在处的变量；只读取，不改变</translation>
    </message>
    <message>
        <source>Select two rows to compare them.</source>
        <translation>选择两行进行比较。</translation>
    </message>
    <message>
        <source>one of them has no value yet.</source>
        <translation>其中一个还没有值。</translation>
    </message>
    <message>
        <source>norm {norm}, largest {largest} at [{place}], relative {relative}</source>
        <translation>范数 {norm}，最大 {largest}，位于 [{place}]，相对 {relative}</translation>
    </message>
    <message>
        <source>{norm}, relative {relative}</source>
        <translation>{norm}，相对 {relative}</translation>
    </message>
    <message>
        <source> (of the first {some} of {all} values)</source>
        <translation>（{all} 个值中的前 {some} 个）</translation>
    </message>
</context>
<context>
    <name>WeightRequests</name>
    <message>
        <source>No model is open yet.</source>
        <translation>还没有打开模型。</translation>
    </message>
    <message>
        <source>The open model has failed; reset it first.</source>
        <translation>打开的模型已失败；请先重置。</translation>
    </message>
    <message>
        <source>Finish the iteration first: its tensors are in use.</source>
        <translation>请先完成这次迭代：它的张量正在使用。</translation>
    </message>
    <message>
        <source>The script loads its weights itself.</source>
        <translation>脚本自己加载权重。</translation>
    </message>
    <message>
        <source>weights of {0}</source>
        <translation>{0} 的权重</translation>
    </message>
</context>
<context>
    <name>WeightsDialog</name>
    <message>
        <source>Weights · {0}</source>
        <translation>权重 · {0}</translation>
    </message>
    <message>
        <source>{0} holds weights and no graph</source>
        <translation>{0} 里只有权重，没有计算图</translation>
    </message>
    <message>
        <source>Its tensors are being listed.</source>
        <translation>正在列出其中的张量。</translation>
    </message>
    <message>
        <source>What did not fit</source>
        <translation>不匹配的部分</translation>
    </message>
    <message>
        <source>Load into the open model</source>
        <translation>加载到打开的模型</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>There is no engine to read it; restart the engine, and open it again.</source>
        <translation>没有引擎可以读取它；请重新启动引擎后再打开。</translation>
    </message>
    <message>
        <source>1 tensor</source>
        <translation>1 个张量</translation>
    </message>
    <message>
        <source>{0} tensors</source>
        <translation>{0} 个张量</translation>
    </message>
    <message>
        <source>{0}, {1} numbers, {2}.</source>
        <translation>{0}，{1} 个数，{2}。</translation>
    </message>
    <message>
        <source>They can be loaded into the model they belong to.</source>
        <translation>可以加载到它们所属的模型。</translation>
    </message>
    <message>
        <source>Missing: in the model, not in the file; left as they were</source>
        <translation>缺少：模型中有而文件中没有；保持原样</translation>
    </message>
    <message>
        <source>Unexpected: in the file, not in the model</source>
        <translation>多余：文件中有而模型中没有</translation>
    </message>
    <message>
        <source>Mismatched: of another shape; left as they were</source>
        <translation>不匹配：形状不同；保持原样</translation>
    </message>
    <message>
        <source>1 tensor is in {0} now</source>
        <translation>现在 {0} 中有 1 个张量</translation>
    </message>
    <message>
        <source>{0} tensors are in {1} now</source>
        <translation>现在 {1} 中有 {0} 个张量</translation>
    </message>
    <message>
        <source>    … and {0} more</source>
        <translation>    … 以及另外 {0} 个</translation>
    </message>
    <message>
        <source>Every tensor of the model was in the file, and none was left over.</source>
        <translation>模型的每个张量都在文件中，文件也没有多余的张量。</translation>
    </message>
    <message>
        <source>Not everything fits; what did not is listed.</source>
        <translation>并非全部匹配；不匹配的已列出。</translation>
    </message>
    <message>
        <source>{0} cannot be read</source>
        <translation>无法读取 {0}</translation>
    </message>
    <message>
        <source>Its tensors are not known yet.</source>
        <translation>它的张量还不清楚。</translation>
    </message>
    <message>
        <source>Into {0}.</source>
        <translation>加载到 {0}。</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>张量</translation>
    </message>
</context>
<context>
    <name>_Numbers</name>
    <message>
        <source>Click to set or remove a breakpoint</source>
        <translation>单击以设置或删除断点</translation>
    </message>
</context>
<context>
    <name>_Table</name>
    <message>
        <source>Nodes</source>
        <translation>节点</translation>
    </message>
</context>
<context>
    <name>_TensorTable</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
</context>
<context>
    <name>_TermModel</name>
    <message>
        <source>term {number}</source>
        <translation>第 {number} 项</translation>
    </message>
    <message>
        <source>from use {use}, {node}</source>
        <translation>来自第 {use} 次使用，{node}</translation>
    </message>
    <message>
        <source>from {node}</source>
        <translation>来自 {node}</translation>
    </message>
    <message>
        <source>norm {norm}</source>
        <translation>范数 {norm}</translation>
    </message>
    <message>
        <source>none: adds nothing</source>
        <translation>无：不增加任何值</translation>
    </message>
    <message>
        <source>this node gives it</source>
        <translation>由这个节点给出</translation>
    </message>
    <message>
        <source>comes next</source>
        <translation>接下来执行</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>等待中</translation>
    </message>
</context>
<context>
    <name>_Tree</name>
    <message>
        <source>Modules</source>
        <translation>模块</translation>
    </message>
</context>
<context>
    <name>parent</name>
    <message>
        <source>Models (%s)</source>
        <translation>模型 (%s)</translation>
    </message>
    <message>
        <source>Python files (*.py)</source>
        <translation>Python 文件 (*.py)</translation>
    </message>
    <message>
        <source>Exported programs (%s)</source>
        <translation>导出的程序 (%s)</translation>
    </message>
    <message>
        <source>Weights (%s)</source>
        <translation>权重 (%s)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Save tensor</source>
        <translation>保存张量</translation>
    </message>
</context>
</TS>
